/**
 * The base address of a controller, with a path if it has one; `host:port` alone
 * means http, as in NEBULA's own configuration. Undefined for a text that is
 * none, also for a URL with credentials, a query or a fragment.
 */
export function controllerUrl(value: string): URL | undefined {
  const url = parse(value)

  return url != null &&
    /^https?:$/.test(url.protocol) &&
    !hasCredentials(value) &&
    url.search === '' &&
    url.hash === ''
    ? url
    : undefined
}

/** Whether the URL holds a user name or a password: `fetch` takes none, and the controller asks for none. */
export function hasCredentials(value: string): boolean {
  const url = parse(value)

  return url != null && (url.username !== '' || url.password !== '')
}

function parse(value: string): URL | null {
  return URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`)
}
