// The answer to a POST stands in the history like any visit: Back and Reload ask for the form
// instead of sending again, and the browser keeps no copy of what was posted.

history.replaceState(null, "", location.href);
