import { isMultiaddr } from '@multiformats/multiaddr'
import { didYouMean, suggest } from '../../config/index.ts'
import { GATER_METHODS } from './both-gaters.ts'
import { Libp2pOptionsError } from './errors.ts'
import type { UserLibp2pOptions } from './types.ts'

/** @throws {Libp2pOptionsError} when the value does not suit the option */
type Check = (value: unknown, option: string) => void

/** The options of libp2p, each with its check; the type makes sure that none is left out. */
const OPTIONS = {
  privateKey: having('a key as `generateKeyPair` of @libp2p/crypto makes it', 'sign'),
  datastore: having('a datastore', 'get', 'put', 'has', 'delete', 'query', 'queryKeys', 'batch'),
  logger: having('a logger as `defaultLogger` of @libp2p/logger makes it', 'forComponent'),
  dns: having('an object as `dns` of @multiformats/dns makes it', 'query'),
  metrics: isFunction,
  connectionProtector: isFunction,
  transports: areFunctions,
  streamMuxers: areFunctions,
  connectionEncrypters: areFunctions,
  peerDiscovery: areFunctions,
  peerRouters: areFunctions,
  contentRouters: areFunctions,
  services: areServices,
  connectionGater: isGater,
  nodeInfo: group<'nodeInfo'>({ name: true, version: true, userAgent: true }),
  addresses: areAddresses,
  transportManager: group<'transportManager'>({ faultTolerance: true }),
  peerStore: group<'peerStore'>({
    addressFilter: true,
    maxAddressAge: true,
    maxPeerAge: true
  }),
  connectionManager: group<'connectionManager'>({
    maxConnections: true,
    addressSorter: true,
    maxParallelDials: true,
    maxDialQueueLength: true,
    maxPeerAddrsToDial: true,
    dialTimeout: true,
    addressDialTimeout: true,
    connectionCloseTimeout: true,
    inboundUpgradeTimeout: true,
    outboundStreamProtocolNegotiationTimeout: true,
    inboundStreamProtocolNegotiationTimeout: true,
    resolvers: true,
    allow: true,
    deny: true,
    inboundConnectionThreshold: true,
    maxIncomingPendingConnections: true,
    reconnectRetries: true,
    reconnectRetryInterval: true,
    reconnectBackoffFactor: true,
    maxParallelReconnects: true
  }),
  connectionMonitor: group<'connectionMonitor'>({
    enabled: true,
    pingInterval: true,
    pingTimeout: true,
    abortConnectionOnPingFailure: true,
    protocolPrefix: true
  })
} satisfies Record<keyof UserLibp2pOptions, Check>

const LISTS_OF_ADDRESSES = { listen: true, announce: true, appendAnnounce: true, noAnnounce: true }

/**
 * Options that are null or undefined are as good as not there.
 *
 * @throws {Libp2pOptionsError} for an option that libp2p does not have, or a value that cannot be one
 */
export function checkOptions(theirs: object): void {
  for (const [name, value] of Object.entries(theirs)) {
    if (name === 'start') {
      throw new Libp2pOptionsError(name, 'say to createNode whether the node starts')
    }

    checkName(name, name, OPTIONS)

    if (value != null) {
      OPTIONS[name as keyof typeof OPTIONS](value, name)
    }
  }
}

/** Says no more of a value than its type: it may be a key. */
export function typeName(value: unknown): string {
  if (value == null) {
    return 'nothing'
  }

  if (Array.isArray(value)) {
    return 'a list'
  }

  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function unsuited(option: string, expected: string, value: unknown): Libp2pOptionsError {
  return new Libp2pOptionsError(option, `expected ${expected}, got ${typeName(value)}`)
}

function checkName(option: string, name: string, known: object): void {
  if (!Object.hasOwn(known, name)) {
    throw new Libp2pOptionsError(option, `unknown${didYouMean(suggest(name, Object.keys(known)))}`)
  }
}

function isObject(value: unknown, option: string): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value == null || Array.isArray(value)) {
    throw unsuited(option, 'an object', value)
  }
}

function isFunction(value: unknown, option: string): void {
  if (typeof value !== 'function') {
    throw unsuited(option, 'a function', value)
  }
}

function areFunctions(value: unknown, option: string): void {
  if (!Array.isArray(value)) {
    throw unsuited(option, 'a list of functions', value)
  }

  for (const [index, entry] of value.entries()) {
    isFunction(entry, `${option}[${index}]`)
  }
}

function having(expected: string, ...methods: string[]): Check {
  return (value, option) => {
    const there = methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')

    if (!there) {
      throw unsuited(option, expected, value)
    }
  }
}

function group<K extends keyof UserLibp2pOptions>(
  known: Record<keyof NonNullable<UserLibp2pOptions[K]>, true>
): Check {
  return (value, option) => {
    isObject(value, option)

    for (const name of Object.keys(value)) {
      checkName(`${option}.${name}`, name, known)
    }
  }
}

function areAddresses(value: unknown, option: string): void {
  group<'addresses'>({
    listen: true,
    announce: true,
    appendAnnounce: true,
    noAnnounce: true,
    announceFilter: true,
    maxObservedAddresses: true,
    addressVerificationTTL: true,
    addressVerificationRetry: true
  })(value, option)

  for (const [name, entry] of Object.entries(value as object) as Array<[string, unknown]>) {
    const path = `${option}.${name}`

    if (entry != null && name === 'announceFilter') {
      isFunction(entry, path)
    }

    if (entry != null && Object.hasOwn(LISTS_OF_ADDRESSES, name) && !isListOfAddresses(entry)) {
      throw unsuited(path, 'a list of multiaddrs', entry)
    }
  }
}

function isListOfAddresses(value: unknown): boolean {
  return Array.isArray(value) && value.every((addr) => typeof addr === 'string' || isMultiaddr(addr))
}

function areServices(value: unknown, option: string): void {
  isObject(value, option)

  for (const [name, create] of Object.entries(value)) {
    isFunction(create, `${option}.${name}`)
  }
}

/** A misspelt method would deny nothing. An object of a class may have members of its own. */
function isGater(value: unknown, option: string): void {
  isObject(value, option)

  const names = new Set(Object.keys(value))
  let members: object = value

  for (;;) {
    const parent = Object.getPrototypeOf(members) as object | null

    if (parent == null || parent === Object.prototype) {
      break
    }

    Object.getOwnPropertyNames(parent).forEach((name) => names.add(name))
    members = parent
  }

  const plain = members === value

  for (const name of names) {
    if (Object.hasOwn(GATER_METHODS, name)) {
      if (value[name] != null) {
        isFunction(value[name], `${option}.${name}`)
      }
    } else if (plain || suggest(name, Object.keys(GATER_METHODS)) != null) {
      checkName(`${option}.${name}`, name, GATER_METHODS)
    }
  }
}
