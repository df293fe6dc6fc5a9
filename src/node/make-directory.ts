import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a directory, and those above it, for the owner only. Not by `mkdir`'s
 * own recursion, which never ends where the system denies that a directory's
 * parent is there though it is, as in `/proc`.
 */
export async function makeDirectory(path: string): Promise<void> {
  const parent = dirname(path)

  try {
    await makeOne(path)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) {
      throw err
    }

    await makeDirectory(parent)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (err) {
    const found = await stat(path).catch(() => undefined)

    if (found?.isDirectory() !== true) {
      throw err
    }
  }
}
