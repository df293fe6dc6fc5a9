/** Libp2p options of the user's do not go together with what the node needs, or cannot be read. */
export class Libp2pOptionsError extends Error {
  /** The option, such as `services.identify`; empty for all of them. */
  readonly option: string

  constructor(option: string, message: string, options?: ErrorOptions) {
    super(`${option === '' ? 'libp2p options' : `libp2p option ${option}`}: ${message}`, options)
    this.name = 'Libp2pOptionsError'
    this.option = option
  }
}
