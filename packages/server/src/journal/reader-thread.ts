import { workerData } from "node:worker_threads";
import { Reader } from "./reader.ts";
import { serve } from "./serve.ts";

serve(new Reader(workerData));
