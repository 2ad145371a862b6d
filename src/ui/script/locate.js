// “Use my position”: fills two coordinate fields on request. Without a script or a position the fields can be typed, or left empty.
const button = document.querySelector('[data-locate]')
if (button && 'geolocation' in navigator) {
  const box = button.closest('[data-locate-box]')
  if (box) box.hidden = false
  button.addEventListener('click', () => locate(button))
}

function locate(asked) {
  const said = document.getElementById(asked.getAttribute('aria-controls'))
  const say = (text) => (said.textContent = text)
  asked.disabled = true
  say(asked.dataset.asking)
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      fill(asked.dataset.latitude, coords.latitude)
      fill(asked.dataset.longitude, coords.longitude)
      say(asked.dataset.found.replace('{metres}', String(Math.ceil(coords.accuracy))))
      asked.disabled = false
    },
    () => {
      say(asked.dataset.failed)
      asked.disabled = false
    },
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  )
}

/** Six places are about ten centimetres: more would only look exact. */
function fill(id, degrees) {
  const field = document.getElementById(id)
  if (field) field.value = degrees.toFixed(6)
}
