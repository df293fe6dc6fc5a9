import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'

/** Writes a file until its disk has no room. */
export async function fillDisk(path: string): Promise<void> {
  for (const bytes of [65_536, 4_096, 512, 64, 1]) {
    try {
      for (;;) {
        await writeFile(path, Buffer.alloc(bytes), { flag: 'a' })
      }
    } catch (err) {
      assert.equal((err as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
}
