import type { NextConfig } from "next";
import { refuseSecretKeys } from "./lib/env";

// Read by build, dev and start alike, before anything is written or served.
refuseSecretKeys(process.env);

const config: NextConfig = {
  poweredByHeader: false,
  // This folder is the whole application, whatever lies above it.
  turbopack: { root: import.meta.dirname },
  // Browsers ask for it before they have read where the icon is.
  redirects: async () => [{ source: "/favicon.ico", destination: "/icon.svg", permanent: true }],
  headers: async () => [
    {
      source: "/:path*",
      // The Content-Security-Policy has a nonce of each request, so that it stands in proxy.ts.
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        // Addresses of ours carry interview codes; no other site is told them.
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(self), geolocation=(), microphone=(self)" },
      ],
    },
  ],
};

export default config;
