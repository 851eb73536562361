/**
 * The content security policy of the window's page, in the app and in a browser: nothing from outside, nothing inline,
 * no frames. Styles come from files; React sets style properties through the CSSOM, which no policy governs.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
