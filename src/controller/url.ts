/** The base address of a controller; `host:port` alone means http, as in NEBULA's own configuration. */
export function controllerUrl(value: string): URL | undefined {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const url = URL.parse(text)

  return url != null && /^https?:$/.test(url.protocol) ? url : undefined
}
