// Before an act that binds the town: is it still the person who signed in? The one place where that is asked.
import { DomainError, invalid } from '#kernel/errors.ts'
import type { Visit } from './visit.ts'

/**
 * Asks for the password once more. A session that is made by that is ended at once.
 * @throws `sign_in.refused`, `sign_in.locked`, `sign_in.password` (none given), `sign_in.needed`.
 */
export async function requireRecentSignIn(visit: Visit, request: Request, password: string): Promise<void> {
  const { session, identity, address } = visit
  if (!session) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  const pointer = '/password'
  if (password === '') throw invalid('sign_in.password', 'Type your password.', [{ pointer, code: 'required', message: '请输入您的密码' }])
  const headers = new Headers({ 'user-agent': request.headers.get('user-agent') ?? '' })
  try {
    const { cookies } = await identity.signIn({ email: session.email, password, headers, address })
    headers.set('cookie', cookies.map((cookie) => cookie.split(';', 1)[0]).join('; '))
    await identity.signOut(headers)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'sign_in.refused') throw error
    throw invalid('account.password_wrong', error.message, [{ pointer, code: 'password', message: '密码不对，请再试一次' }])
  }
}
