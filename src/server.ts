// npm start: one process of Xiangli, from the environment. `xiangli start` runs the same.
import { startFromEnvironment } from './start.ts'

await startFromEnvironment(process.env)
