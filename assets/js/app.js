import "htmx.org";
import "./busy.js";
import "./dialogs.js";
import "./menus.js";
import "./themes.js";
import "./toasts.js";
import "./zones.js";
import "./zone.js";
