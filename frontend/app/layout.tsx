import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Providers } from "@/features/account/Providers";
import { SiteHeader } from "@/features/account/SiteHeader";
import { supabaseSettings } from "@/lib/env";
import { currentReader } from "@/lib/reader";
import { currentAccount, recruits, reviews } from "@/lib/supabase/server";
import "./globals.css";

const body = localFont({
  src: "../node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2",
  variable: "--font-body",
  weight: "100 900",
});
const title = localFont({
  src: "../node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
  variable: "--font-title",
  weight: "200 800",
});

export const metadata: Metadata = {
  title: { default: "HireVision", template: "%s · HireVision" },
  description: "Interviews by invitation: a six-digit code lets one candidate into one interview.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#18211e" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is made for its request: it carries a nonce, and the settings of this start.
  await connection();
  const [account, recruiting, reviewing, reader] = await Promise.all([
    currentAccount(),
    recruits(),
    reviews(),
    currentReader(),
  ]);
  return (
    <html lang="en" className={`${body.variable} ${title.variable}`}>
      <body>
        <Providers settings={supabaseSettings()} account={account} reader={reader}>
          <SiteHeader recruits={recruiting} reviews={reviewing} />
          <main className="page" id="main" tabIndex={-1}>
            {children}
          </main>
        </Providers>
      </body>
    </html>
  );
}
