/** Prints what the control API of the node on a data directory answers to GET; `control-get.ts DATA_DIR PATH`. */
import { readControlFile, readToken } from '../../../src/http/control-file.ts'

const [dataDir = '', path = ''] = process.argv.slice(2)
const [info, token] = await Promise.all([readControlFile(dataDir), readToken(dataDir)])
const response = await fetch(`${info?.address}${path}`, { headers: { Authorization: `Bearer ${token}` } })

if (!response.ok) {
  throw new Error(`${path} was answered with ${response.status}`)
}

process.stdout.write(await response.text())
