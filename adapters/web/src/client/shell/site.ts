/** A studio's web address as a link and in short; null for what is no page of the web, whatever was typed. */
export function siteOf(website: string): { href: string; name: string } | null {
  const url = URL.parse(website);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return { href: url.href, name: url.host.replace(/^www\./, '') + url.pathname.replace(/\/$/, '') };
}
