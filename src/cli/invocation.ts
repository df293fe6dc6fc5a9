/** What a command line asks for, once it is read. */
export interface GlobalOptions {
  /** Instead of NEBULA_DATA_DIR, the config file's and the default. */
  dataDir?: string
  /** Whether errors show their stack. */
  verbose: boolean
}

export interface StartOptions {
  config?: string
  /** The module with options of libp2p. */
  libp2p?: string
  federation?: string
  listen?: string[]
  dial?: string[]
  direct?: string[]
  waitForDirect?: string
  proxy?: true
  /** `false` for `--no-mdns`. */
  mdns?: false
  http?: HttpOption
  json: boolean
}

export type HttpOption = 'off' | { host: string; port: number }

export interface ConnectOptions {
  multiaddr: string
  direct: boolean
  priority?: 'low' | 'medium' | 'high'
}

export interface SendOptions {
  peer: string
  type: string
  action?: string
  /** The linked proxy to deliver by. */
  via?: string
  /** `KEY=VALUE`, split at the first `=`. */
  fields: Array<[key: string, value: string]>
}

export type BlacklistOptions =
  | { action: 'list'; json: boolean }
  | {
      action: 'add'
      /** A peer, an IP address or a subnet. */
      target: string
      reason?: string
      /** Milliseconds. */
      ttl?: number
    }
  | { action: 'remove'; target: string }
  | { action: 'clear' }

export type ModelsOptions =
  | { action: 'list'; json: boolean }
  | { action: 'send'; peer: string; file: string; round: number; weight?: string }
  | { action: 'save'; id: string; file: string }

/** Whether to start or to stop it; neither only tells. */
export interface SwitchOptions {
  change?: 'start' | 'stop'
  json: boolean
}

/** The options that are a command's own. */
export interface CommandOptions {
  start: StartOptions
  id: { json: boolean }
  peers: { json: boolean }
  connect: ConnectOptions
  disconnect: { peer: string; blacklist: boolean }
  send: SendOptions
  blacklist: BlacklistOptions
  models: ModelsOptions
  score: { peer?: string; json: boolean }
  beacon: SwitchOptions & {
    /** Milliseconds. */
    interval?: number
  }
  'external-connection-service': SwitchOptions
  'config check': { file: string }
  'config print': { config?: string }
}

export type CommandName = keyof CommandOptions

export type OptionsOf<C extends CommandName> = CommandOptions[C] & GlobalOptions

export type Invocation = { [C in CommandName]: { command: C; options: OptionsOf<C> } }[CommandName]
