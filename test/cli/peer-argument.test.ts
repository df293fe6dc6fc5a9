import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolvePeer } from '../../src/cli/peer-argument.ts'

const A = '12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT'
const B = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
const C = '12D3KooWJSb9VN8wY7qkSPkFV95qYy7gUqGFPT5mYp6VfjbX2zrT'

describe('nebula: naming a peer', () => {
  const found: Array<[string, string]> = [
    [A, A],
    [A.slice(-8), A],
    [A.slice(-6), A],
    [A.slice(0, 12), A],
    [`12D3…${B.slice(-8)}`, B],
    [`12D3...${B.slice(-8)}`, B],
    ['QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N']
  ]

  for (const [text, peer] of found) {
    it(`finds ${text}`, () => {
      assert.equal(resolvePeer(text, [A, B, C]), peer)
    })
  }

  const wrong: Array<[string, string, RegExp]> = [
    ['9mzrT', 'UsageError', /too short/],
    ['', 'UsageError', /too short/],
    ['12D3…9mzrT', 'UsageError', /too short/],
    ['12D3KooW', 'PeerNotFoundError', /fits 3 peers/],
    ['zzzzzzzz', 'PeerNotFoundError', /no peer fits "zzzzzzzz"/],
    ['KooWDpp7U7', 'PeerNotFoundError', /no peer fits/]
  ]

  for (const [text, name, message] of wrong) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => resolvePeer(text, [A, B, C]), { name, message })
    })
  }
})
