// The proof-of-work box on forms under pressure. Without JavaScript the form says how long to wait instead.
import './altcha-zh.js'
import './altcha.js'

globalThis.$altcha.algorithms.set('PBKDF2/SHA-256', () => new Worker(new URL('./altcha-worker.js', import.meta.url)))
