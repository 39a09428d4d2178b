import { WebSocketServer } from "ws";

/**
 * Pieces of one message, as fragments of it or as what one read brought of a frame: each costs about 250 bytes beside
 * its content, so a megabyte that comes byte by byte would be one of 250. Enough for the largest frame by 64 bytes.
 */
const MAX_PIECES = 16_384;

/** The library with its bounds, for sockets that a `ClientSocket` wraps. @param frameBytes the largest message */
export function webSocketServer(frameBytes: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameBytes,
    maxFragments: MAX_PIECES,
    maxBufferedChunks: MAX_PIECES,
    // `ClientSocket` answers pings: the library's answers have no bound but to drop the connection.
    autoPong: false,
    handleProtocols: () => false,
  });
}
