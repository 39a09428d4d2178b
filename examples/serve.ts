import { createServer, type Server } from "node:http";
import { rolldown } from "rolldown";

/** Bundles a module of the examples for a browser. @returns the text of one ES module */
export async function bundle(input: string): Promise<string> {
  const build = await rolldown({
    input,
    platform: "browser",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  return output[0].code;
}

/**
 * Serves a page and its module on a loopback address, and says where.
 * @param port 0 for a free one
 */
export async function serve(html: string, module: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const isModule = request.url?.split("?")[0] === "/main.js";
    response.setHeader("Content-Type", `text/${isModule ? "javascript" : "html"}; charset=utf-8`);
    response.end(isModule ? module : html);
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  const address = server.address();
  if (typeof address === "object") console.log(`open http://localhost:${address?.port}`);
  return server;
}
