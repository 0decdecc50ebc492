// Everything works without this; it adds focus to error summaries, the menu on small screens and the like.
import { initAll } from './govuk/govuk-frontend.min.js'

initAll()
