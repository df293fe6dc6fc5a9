import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Key } from 'interface-datastore'
import { createNode, openDataDir } from '../../src/node/index.ts'
import { makeDirectory } from '../../src/node/make-directory.ts'

describe('data directory', () => {
  let dir: string

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-data-dir-'))
  })

  after(async () => {
    await rm(dir, { recursive: true, force: true })
  })

  it('is made with those above it, for the owner only', async () => {
    const path = join(dir, 'a', 'b', 'c')

    await Promise.all([makeDirectory(path), makeDirectory(path)])
    await makeDirectory(`${path}/`)

    for (const made of [path, join(dir, 'a')]) {
      assert.equal((await stat(made)).mode & 0o777, 0o700)
    }
  })

  it('is refused where there is a file, or a link to nothing', async () => {
    const file = join(dir, 'file')
    const link = join(dir, 'link')

    await writeFile(file, '')
    await symlink(join(dir, 'nothing', 'there'), link)

    for (const path of [file, join(file, 'x'), link]) {
      await assert.rejects(openDataDir(path), { name: 'UnwritableDataDirError', path })
    }
  })

  it(
    'is refused where the system makes none',
    { skip: process.platform === 'linux' ? false : 'needs /proc', timeout: 60_000 },
    async () => {
      for (const path of ['/proc/nebula', '/proc/nebula/below']) {
        await assert.rejects(openDataDir(path), { name: 'UnwritableDataDirError', path })
      }
    }
  )

  it('keeps its key, and gets one after a first start that was interrupted', async () => {
    const path = join(dir, 'interrupted')
    const first = await openDataDir(path)

    await first.close()
    await rm(join(path, 'identity.key'))

    const second = await openDataDir(path)

    await second.datastore.put(new Key('/x'), Uint8Array.of(1))
    await second.close()

    const third = await openDataDir(path)

    assert.equal(second.privateKey.equals(third.privateKey), true)
    assert.equal(first.privateKey.equals(second.privateKey), false)
    await third.close()
  })

  it('makes no other key where the store holds something', async () => {
    const path = join(dir, 'missing-key')
    const key = join(path, 'identity.key')
    const { datastore, close } = await openDataDir(path)

    await datastore.put(new Key('/x'), Uint8Array.of(1))
    await close()

    const bytes = await readFile(key)

    await rm(key)
    await assert.rejects(openDataDir(path), {
      name: 'MissingKeyError',
      path: key,
      message: `${key} is missing but ${join(path, 'store')} is there; restore the key, or remove the directory to begin anew`
    })
    await assert.rejects(stat(key), { code: 'ENOENT' })

    await writeFile(key, bytes)
    await (await openDataDir(path)).close()
  })

  it('tells of a damaged log, of which LevelDB would go on without a part', async () => {
    const path = join(dir, 'damaged-log')
    const store = join(path, 'store')
    const { datastore, close } = await openDataDir(path)

    for (let i = 0; i < 100; i++) {
      await datastore.put(new Key(`/${i}`), new Uint8Array(50))
    }

    await close()

    const [log] = (await readdir(store)).filter((file) => file.endsWith('.log'))

    assert.ok(log != null)

    const file = join(store, log)
    const bytes = await readFile(file)
    const flipped = Uint8Array.from(bytes, (byte, at) => (at === 100 ? byte ^ 1 : byte))

    await writeFile(file, flipped)
    await assert.rejects(openDataDir(path), { name: 'CorruptStoreError', path: store })
    assert.deepEqual(Uint8Array.from(await readFile(file)), flipped)

    // a record that was being written when the machine was turned off
    await writeFile(file, bytes.subarray(0, -20))

    const again = await openDataDir(path)

    assert.equal((await again.datastore.get(new Key('/98'))).byteLength, 50)
    await again.close()
  })

  it('tells of a store whose current state has no name, and leaves it', async () => {
    const path = join(dir, 'no-current')
    const current = join(path, 'store', 'CURRENT')

    await (await openDataDir(path)).close()
    await writeFile(current, 'garbage\n')
    await assert.rejects(openDataDir(path), { name: 'CorruptStoreError' })
    assert.equal(await readFile(current, 'latin1'), 'garbage\n')
  })

  it('tells of a store that turns out to be damaged when the node starts', async () => {
    const path = join(dir, 'damaged')
    const store = join(path, 'store')
    const input = { dataDir: path, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }
    const node = await createNode(input)

    await node.stop()
    // what is in the log goes to a table when the store is opened
    await (await openDataDir(path)).close()

    const tables = (await readdir(store)).filter((file) => file.endsWith('.ldb'))

    assert.notEqual(tables.length, 0)

    for (const table of tables) {
      const file = join(store, table)
      const { size } = await stat(file)
      const bytes = await readFile(file)

      // the last 48 bytes make the file a table: without them LevelDB would know at once
      await writeFile(file, Buffer.concat([Buffer.alloc(size - 48, 0xa5), bytes.subarray(size - 48)]))
    }

    const damaged = { name: 'CorruptStoreError', path: store, message: /damaged.*Move it away/ }
    const later = await createNode(input, { start: false })

    await assert.rejects(later.start(), damaged)
    await later.stop()
    await assert.rejects(createNode(input), damaged)

    await rm(store, { recursive: true })

    const again = await createNode(input)

    assert.equal(again.peerId.equals(node.peerId), true)
    await again.stop()
  })
})
