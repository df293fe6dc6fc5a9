import { after, before, describe, it } from 'node:test'
import { PythonClient, skip } from './support.ts'

describe('the Python client', { skip }, () => {
  let client: PythonClient

  before(() => {
    client = new PythonClient()
  })

  after(() => client.remove())

  it('follows the events, over lost connections and restarts', async (t) => client.unittest(t, 'test_events'))

  it('moves 200 MB in little memory', async (t) => client.unittest(t, 'test_large'))
})
