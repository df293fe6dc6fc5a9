import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { LevelDatastore } from 'datastore-level'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { causesOf } from '../lib/causes.ts'
import { checkRegular, readRegular } from '../lib/regular-file.ts'
import {
  CorruptStoreError,
  DataDirLockedError,
  MissingKeyError,
  NoIdentityError,
  OtherKeyError,
  UnwritableDataDirError
} from './errors.ts'
import { createKey, KEY_FILE, readKey } from './identity.ts'
import { isLogDamaged } from './level-log.ts'
import { LevelStore } from './level-store.ts'
import { makeDirectory } from './make-directory.ts'
import type { Ed25519PrivateKey, PeerId, PrivateKey } from '@libp2p/interface'

const STORE = 'store'

/** What a node keeps on disk, held by one process at a time. */
export interface DataDir {
  readonly path: string
  readonly privateKey: PrivateKey
  /** Known peers and the overlay's own state. */
  readonly datastore: LevelStore
  /** The error as it concerns the store: a `CorruptStoreError` for what LevelDB says when a table is damaged, which shows only when it is read. */
  explain(err: unknown): unknown
  close(): Promise<void>
}

export interface OpenDataDirOptions {
  /** The key of the node, kept in the directory when there is none yet. @default a new one */
  privateKey?: Ed25519PrivateKey
}

/**
 * Opens the data directory, and makes it (mode 0700) and its key (mode 0600)
 * when they are not there.
 *
 * @throws {DataDirLockedError} when another process holds it
 * @throws {UnwritableDataDirError} when it cannot be made or written
 * @throws {CorruptKeyError} when the key is no Ed25519 key
 * @throws {OtherKeyError} when there is a key that is not the one given
 * @throws {MissingKeyError} when there is no key though a node has run there
 * @throws {CorruptStoreError} when the store is damaged
 * @throws {NotRegularFileError} when the key or a file of the store is a pipe, a directory or a device
 */
export async function openDataDir(
  path: string,
  { privateKey: given }: OpenDataDirOptions = {}
): Promise<DataDir> {
  try {
    await makeDirectory(path)
  } catch (err) {
    throw new UnwritableDataDirError(path, err)
  }

  const explain = (err: unknown): unknown =>
    isCorruption(err) ? new CorruptStoreError(join(path, STORE), { cause: err }) : err

  // the store's lock comes first: two processes must not both make a key
  const datastore = await openStore(path)

  try {
    const privateKey = (await readKey(path)) ?? (await firstKey(path, datastore, given))

    if (given != null && !given.equals(privateKey)) {
      throw new OtherKeyError(join(path, KEY_FILE))
    }

    return { path, privateKey, datastore, explain, close: async () => datastore.close() }
  } catch (err) {
    await datastore.close()

    throw isSystemError(err) ? new UnwritableDataDirError(path, err) : explain(err)
  }
}

/**
 * The PeerId of the data directory, without opening it.
 *
 * @throws {NoIdentityError} when it has none yet
 * @throws {CorruptKeyError} when the key is no Ed25519 key
 */
export async function readPeerId(path: string): Promise<PeerId> {
  let key: PrivateKey | undefined

  try {
    key = await readKey(path)
  } catch (err) {
    throw isSystemError(err) ? new UnwritableDataDirError(path, err) : err
  }

  if (key == null) {
    throw new NoIdentityError(path)
  }

  return peerIdFromPrivateKey(key)
}

/** A store that holds something has had a key: another would make the node somebody else. */
async function firstKey(
  path: string,
  datastore: LevelStore,
  given: Ed25519PrivateKey | undefined
): Promise<PrivateKey> {
  // a first start that was interrupted leaves an empty store and no key
  for await (const _ of datastore.queryKeys({})) {
    throw new MissingKeyError(join(path, KEY_FILE), join(path, STORE))
  }

  return createKey(path, given)
}

async function openStore(dataDir: string): Promise<LevelStore> {
  const path = join(dataDir, STORE)
  const files = await readdir(path).catch((): string[] => [])

  try {
    if (await isDamaged(path, files)) {
      throw new CorruptStoreError(path)
    }
  } catch (err) {
    throw isSystemError(err) ? new UnwritableDataDirError(dataDir, err) : err
  }

  const datastore = new LevelDatastore(path)

  try {
    // not the datastore's own open, which drops the code of what went wrong
    await datastore.db.open({ createIfMissing: true, compression: false })
  } catch (err) {
    const code = levelCode(err)

    if (code === 'LEVEL_LOCKED') {
      throw new DataDirLockedError(dataDir, { cause: err })
    }

    throw isCorruption(err)
      ? new CorruptStoreError(path, { cause: err })
      : new UnwritableDataDirError(dataDir, err)
  }

  return new LevelStore(datastore)
}

/** What LevelDB would begin anew from, or go on without, and say nothing. */
async function isDamaged(store: string, files: string[]): Promise<boolean> {
  // LevelDB would wait for ever to open a pipe
  for (const file of files.filter((name) => /^(?:CURRENT|MANIFEST-.*|.*\.(?:ldb|log))$/.test(name))) {
    await checkRegular(join(store, file))
  }

  if (!files.some((file) => /\.(?:ldb|log)$|^MANIFEST-/.test(file))) {
    return false
  }

  const current = files.includes('CURRENT')
    ? (await readRegular(join(store, 'CURRENT'))).toString('latin1')
    : ''

  if (!files.includes(current.trimEnd()) || !current.startsWith('MANIFEST-')) {
    return true
  }

  for (const file of files.filter((name) => name.endsWith('.log'))) {
    if (isLogDamaged(await readRegular(join(store, file)))) {
      return true
    }
  }

  return false
}

/** The code of the innermost error: LevelDB's own is wrapped. */
function levelCode(err: unknown): string | undefined {
  let code: string | undefined

  for (const error of causesOf(err)) {
    code = (error as NodeJS.ErrnoException).code ?? code
  }

  return code
}

/** By its code, or by LevelDB's own words where the code was lost on the way. */
function isCorruption(err: unknown): boolean {
  for (const error of causesOf(err)) {
    if (
      (error as NodeJS.ErrnoException).code === 'LEVEL_CORRUPTION' ||
      error.message.startsWith('Corruption')
    ) {
      return true
    }
  }

  return false
}

function isSystemError(err: unknown): boolean {
  return err instanceof Error && (err as NodeJS.ErrnoException).syscall != null
}
