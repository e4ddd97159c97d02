import "htmx.org";
import "./busy.js";
import "./dialogs.js";
import "./focus.js";
import "./menus.js";
import "./themes.js";
import "./toasts.js";
import "./zones.js";
