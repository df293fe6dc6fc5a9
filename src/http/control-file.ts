/**
 * How a command finds the node that runs on a data directory: `control.json`
 * says where it listens, `token` opens it, `read-only-token` opens what changes
 * nothing. All are for the owner's eyes only, and so is `control.sock`.
 */
import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegular } from '../lib/regular-file.ts'
import { writeFileAtomic } from '../lib/write-file-atomic.ts'
import { TOKEN_BYTES } from './constants.ts'

export const CONTROL_FILE = 'control.json'
export const TOKEN_FILE = 'token'
export const READ_ONLY_TOKEN_FILE = 'read-only-token'
export const SOCKET_FILE = 'control.sock'

const OWNER_ONLY = 0o600
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/

export interface ControlInfo {
  /** `http://HOST:PORT`. */
  address: string
  pid: number
}

/** A token of the data directory; made when there is none, or what there is is not one. The node holds the directory's lock. */
export async function ensureToken(dataDir: string, file = TOKEN_FILE): Promise<string> {
  const path = join(dataDir, file)
  const found = await readToken(dataDir, file)

  if (found != null) {
    await chmod(path, OWNER_ONLY)

    return found
  }

  const token = randomBytes(TOKEN_BYTES).toString('base64url')

  await writeFileAtomic(path, `${token}\n`, { mode: OWNER_ONLY })

  return token
}

export async function readToken(dataDir: string, file = TOKEN_FILE): Promise<string | undefined> {
  const text = (await readIfThere(join(dataDir, file)))?.trim()

  return text != null && TOKEN_PATTERN.test(text) ? text : undefined
}

export async function writeControlFile(dataDir: string, info: ControlInfo): Promise<void> {
  await writeFileAtomic(join(dataDir, CONTROL_FILE), `${JSON.stringify(info)}\n`, { mode: OWNER_ONLY })
}

/** What a node left there, running or not. */
export async function readControlFile(dataDir: string): Promise<ControlInfo | undefined> {
  const text = await readIfThere(join(dataDir, CONTROL_FILE))

  try {
    const info: unknown = JSON.parse(text ?? 'null')

    return isControlInfo(info) ? { address: info.address, pid: info.pid } : undefined
  } catch {
    return undefined
  }
}

export async function removeControlFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, CONTROL_FILE), { force: true })
}

function isControlInfo(value: unknown): value is ControlInfo {
  return (
    typeof value === 'object' &&
    value != null &&
    'address' in value &&
    typeof value.address === 'string' &&
    URL.canParse(value.address) &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    (value.pid as number) > 0
  )
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readRegular(path)).toString('utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined
    }

    throw error
  }
}
