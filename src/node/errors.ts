import { causesOf } from '../lib/causes.ts'

/** Another process works on the data directory. */
export class DataDirLockedError extends Error {
  readonly path: string

  constructor(path: string, options?: ErrorOptions) {
    super(`Another node is running on ${path}`, options)
    this.name = 'DataDirLockedError'
    this.path = path
  }
}

/** The data directory cannot be made, read or written. */
export class UnwritableDataDirError extends Error {
  readonly path: string

  constructor(path: string, cause: unknown) {
    super(`Cannot use ${path} as data directory: ${innermost(cause)}`, { cause })
    this.name = 'UnwritableDataDirError'
    this.path = path
  }
}

/** The file with the private key cannot be read as one; it is left as it is. */
export class CorruptKeyError extends Error {
  readonly path: string

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} holds no Ed25519 private key; it was left as it is`, options)
    this.name = 'CorruptKeyError'
    this.path = path
  }
}

/** The store cannot be opened or read; it is left as it is. */
export class CorruptStoreError extends Error {
  readonly path: string

  constructor(path: string, options?: ErrorOptions) {
    super(
      `The store ${path} is damaged; it was left as it is. Move it away to begin with an empty one`,
      options
    )
    this.name = 'CorruptStoreError'
    this.path = path
  }
}

/** There is no private key where a node has run before; making another would change its PeerId. */
export class MissingKeyError extends Error {
  readonly path: string

  constructor(path: string, store: string) {
    super(`${path} is missing but ${store} is there; restore the key, or remove the directory to begin anew`)
    this.name = 'MissingKeyError'
    this.path = path
  }
}

/** The data directory holds another private key than the one the program gives. */
export class OtherKeyError extends Error {
  readonly path: string

  constructor(path: string) {
    super(`${path} holds another private key than the one given; use another data directory, or give none`)
    this.name = 'OtherKeyError'
    this.path = path
  }
}

/** The data directory has no private key yet. */
export class NoIdentityError extends Error {
  readonly path: string

  constructor(path: string) {
    super(`${path} has no identity yet; the first start makes one`)
    this.name = 'NoIdentityError'
    this.path = path
  }
}

/** LevelDB says what went wrong in a cause of its "failed to open". */
export function innermost(error: unknown): string {
  const found = causesOf(error).at(-1)

  return found == null ? String(error) : found.message
}
