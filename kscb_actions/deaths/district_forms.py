"""Forms of the board's districts."""

from ..forms import HouseForm, line, save_button


class DistrictForm(HouseForm):
    """A district for the board's list."""

    name = line("New district", "As it is to stand in lists and tables.")
    submit = save_button("Add the district")


class RenameDistrictForm(HouseForm):
    """Another name for a district."""

    name = line("Name", "Cases and tables have the new name at once. Issued reports keep the old one.")
    submit = save_button()
