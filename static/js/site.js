// What every page asks for, in one request: practice_site/storage.py puts each module here.

import "./leave.js";
import "./character-count.js";
import "./keep.js";
