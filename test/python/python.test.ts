import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { VERSION } from '../../src/version.ts'
import { PythonClient, ROOT, skip } from './support.ts'

/** The Python in a text, as one program. */
function programOf(file: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8')

  return [...text.matchAll(/^```python\n(.*?)^```$/gms)].map(([, code = '']) => code).join('\n')
}

describe('the Python client', { skip }, () => {
  let client: PythonClient

  before(() => {
    client = new PythonClient()
  })

  after(() => client.remove())

  it('has the version of the node', async () => {
    const { stdout } = await client.run(['-c', 'import nebula_overlay; print(nebula_overlay.__version__)'])

    assert.equal(stdout.trim(), VERSION)
  })

  it('takes and gives the right things', async (t) => client.unittest(t, 'test_parts'))

  it('speaks to a node', async (t) => client.unittest(t, 'test_client'))

  it('starts a node, and shows how it stands', async (t) => client.unittest(t, 'test_process'))

  for (const [file, printed] of [
    ['README.md', /^parameters of round 0\n$/],
    ['python/README.md', /^parameters of round 0\n$/],
    ['docs/python.md', /\ndone\n$/]
  ] as const) {
    it(`does what ${file} says`, async () => {
      const { code, stdout, stderr } = await client.run(['-c', programOf(file)])

      assert.equal(code, 0, stderr)
      assert.match(stdout, printed)
    })
  }
})
