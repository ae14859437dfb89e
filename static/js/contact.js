// All that the form's page asks for, in one request: practice_site/storage.py puts each module here.

import "./character-count.js";
import "./keep.js";
