import { randomUUID } from 'node:crypto'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import type { AbortOptions } from '@libp2p/interface'

export interface WriteFileAtomicOptions extends AbortOptions {
  /** Permissions of the file, which it has from its first byte. @default 0o666 less the umask */
  mode?: number
  /** Whether a file that is there is replaced; without it the write fails with `EEXIST`. @default true */
  replace?: boolean
  /** Whether the content is on the disk before the file appears. @default false */
  flush?: boolean
}

/**
 * Writes a file that appears whole or not at all: readers see what was there
 * before, or all of the new content. What fails leaves nothing behind.
 *
 * @throws what the content, the file system or the signal fails with
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  { mode, replace = true, flush = false, signal }: WriteFileAtomicOptions = {}
): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`

  try {
    await writeFile(draft, content, { flag: 'wx', mode, flush, signal })

    // unlike a rename, a link never takes the place of a file that is there
    await (replace ? rename(draft, path) : link(draft, path))
  } catch (err) {
    await rm(draft, { force: true })
    throw err
  }

  if (!replace) {
    await rm(draft, { force: true })
  }
}
