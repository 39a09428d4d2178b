export { type Part, partsOf, toUIMessage } from "./messages.ts";
export { ParleyTransport, type ParleyTransportOptions } from "./transport.ts";
