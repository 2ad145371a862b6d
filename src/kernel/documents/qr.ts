import { renderSVG } from 'uqr'

/**
 * A QR code (ISO/IEC 18004, level M) as an SVG: black on white with the quiet zone of four modules, no size of its own.
 * The same text goes into a page and, as `data.verify.qr`, into a document.
 */
export const qrSvg = (text: string): string => renderSVG(text, { ecc: 'M', border: 4, pixelSize: 1 })
