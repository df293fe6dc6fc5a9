/** DNS responses written by hand, so that tests can also send what no library would. */

function name(text: string): Buffer {
  const labels = text.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]))

  return Buffer.concat([...labels, Buffer.of(0)])
}

function record(owner: string, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(120, 4)
  head.writeUInt16BE(data.length, 8)

  return Buffer.concat([name(owner), head, data])
}

/**
 * What `@libp2p/mdns` answers: a PTR record, and a TXT record per text.
 *
 * @param serviceTag - such as `_nebula-lab._udp.local`
 * @param instance - the answerer's DNS label
 * @param texts - such as `dnsaddr=/ip4/10.0.0.1/tcp/4001/p2p/12D3...`
 */
export function mdnsAnswer(serviceTag: string, instance: string, texts: string[]): Buffer {
  const owner = `${instance}.${serviceTag}`
  const records = [
    record(serviceTag, 12, name(owner)),
    ...texts.map((text) =>
      record(owner, 16, Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]))
    )
  ]
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0x8400, 2)
  head.writeUInt16BE(records.length, 6)

  return Buffer.concat([head, ...records])
}
