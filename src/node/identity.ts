import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegular } from '../lib/regular-file.ts'
import { writeFileAtomic } from '../lib/write-file-atomic.ts'
import { CorruptKeyError } from './errors.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

export const KEY_FILE = 'identity.key'

/**
 * The private key of the data directory, as libp2p's protobuf, or `undefined`
 * when there is none.
 *
 * @throws {CorruptKeyError} when the file holds something else
 * @throws {NotRegularFileError} when it is no file
 */
export async function readKey(dataDir: string): Promise<Ed25519PrivateKey | undefined> {
  const path = join(dataDir, KEY_FILE)
  let bytes: Uint8Array

  try {
    bytes = await readRegular(path)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined
    }

    throw err
  }

  try {
    const key = privateKeyFromProtobuf(bytes)

    if (key.type === 'Ed25519') {
      await keepPrivate(path)

      return key
    }
  } catch (cause) {
    throw new CorruptKeyError(path, { cause })
  }

  throw new CorruptKeyError(path)
}

/** A copy, or an archive, may have come with a mode of its own. Whoever may only read it keeps it as it is. */
async function keepPrivate(path: string): Promise<void> {
  await chmod(path, 0o600).catch(() => {})
}

/** Keeps a private key, a new one unless it is given, readable by its owner only; it appears whole or not at all. */
export async function createKey(dataDir: string, given?: Ed25519PrivateKey): Promise<Ed25519PrivateKey> {
  const key = given ?? (await generateKeyPair('Ed25519'))
  const path = join(dataDir, KEY_FILE)

  // a key that is there is never replaced
  await writeFileAtomic(path, privateKeyToProtobuf(key), { mode: 0o600, replace: false, flush: true })

  return key
}
