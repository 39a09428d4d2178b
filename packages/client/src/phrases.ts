/** Errors that say that nobody is there, and ask a client to join [protocol sections 4 and 5]. */
export const NOT_JOINED = /conversation (id )?not found/i;

/** An error that says that nobody could come; to ask again may help. */
export const NOT_STARTED = /unable to start a conversation/i;
