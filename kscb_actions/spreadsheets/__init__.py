"""Tables as files of a spreadsheet: .xlsx and .csv, row by row, with nothing that it would calculate."""
