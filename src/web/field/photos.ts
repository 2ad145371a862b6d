// A photo as it is kept: drawn smaller when the camera made it large, so that old phones and weak lines can carry it.
const largest = 1_500_000
const longestSide = 2000

/** The bytes to keep; the photo itself where this browser cannot draw it. */
export async function toKeep(file: File): Promise<ArrayBuffer> {
  if (file.size <= largest) return file.arrayBuffer()
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.84))
    return await (blob ?? file).arrayBuffer()
  } catch {
    return file.arrayBuffer()
  }
}
