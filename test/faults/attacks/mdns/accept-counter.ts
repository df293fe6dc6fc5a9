/** Takes TCP connections on many ports and tells how many came: the victim of a storm of dials. */
import { createServer } from 'node:net'
import { report } from '../support/report.ts'

const [, , host = '0.0.0.0', first = '9000', ports = '30'] = process.argv
let accepted = 0

for (let i = 0; i < Number(ports); i++) {
  const server = createServer((socket) => {
    accepted++
    socket.on('error', () => {})
    socket.destroy()
  })

  server.listen(Number(first) + i, host)
}

setInterval(() => report({ event: 'accepted', count: accepted }), 100)
