// The local Storage server alone. Settings come as JSON in $STORAGE_SETTINGS: those of
// storageServer, and port.

import { createServer } from "node:http";
import { storageServer } from "../../local/storage.mjs";

const settings = JSON.parse(process.env.STORAGE_SETTINGS);
createServer(await storageServer(settings)).listen(settings.port, "127.0.0.1");
