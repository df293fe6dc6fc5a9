import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { LevelDatastore } from 'datastore-level'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CorruptStoreError, DataDirLockedError, NoIdentityError, UnwritableDataDirError } from './errors.ts'
import { createKey, readKey } from './identity.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

const STORE = 'store'

/** What a node keeps on disk, held by one process at a time. */
export interface DataDir {
  readonly path: string
  readonly privateKey: PrivateKey
  /** Known peers and the overlay's own state. */
  readonly datastore: Datastore
  close(): Promise<void>
}

/**
 * Opens the data directory, and makes it (mode 0700) and its key (mode 0600)
 * when they are not there.
 *
 * @throws {DataDirLockedError} when another process holds it
 * @throws {UnwritableDataDirError} when it cannot be made or written
 * @throws {CorruptKeyError} when the key is no Ed25519 key
 * @throws {CorruptStoreError} when the store is damaged
 */
export async function openDataDir(path: string): Promise<DataDir> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (err) {
    throw new UnwritableDataDirError(path, err)
  }

  // the store's lock comes first: two processes must not both make a key
  const datastore = await openStore(path)

  try {
    const privateKey = (await readKey(path)) ?? (await createKey(path))

    return { path, privateKey, datastore, close: async () => datastore.close() }
  } catch (err) {
    await datastore.close()

    throw isSystemError(err) ? new UnwritableDataDirError(path, err) : err
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

async function openStore(dataDir: string): Promise<LevelDatastore> {
  const path = join(dataDir, STORE)
  const files = await readdir(path).catch((): string[] => [])

  // LevelDB begins anew where only the file that names the current state is missing
  if (files.some((file) => /\.(?:ldb|log)$|^MANIFEST-/.test(file)) && !files.includes('CURRENT')) {
    throw new CorruptStoreError(path)
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

    throw code === 'LEVEL_CORRUPTION'
      ? new CorruptStoreError(path, { cause: err })
      : new UnwritableDataDirError(dataDir, err)
  }

  return datastore
}

/** The code of the innermost error: LevelDB's own is wrapped. */
function levelCode(err: unknown): string | undefined {
  let code: string | undefined

  for (let error = err; error instanceof Error; error = error.cause) {
    code = (error as NodeJS.ErrnoException).code ?? code
  }

  return code
}

function isSystemError(err: unknown): boolean {
  return err instanceof Error && (err as NodeJS.ErrnoException).syscall != null
}
