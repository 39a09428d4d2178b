/** Of the widget: the package's. A page may pin its loader to it [docs/widget.md]. */
export const VERSION = "0.1.0";
