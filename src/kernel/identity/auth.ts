// One better-auth instance for one town: options, column names, and the hooks that keep our rules.
import { type BetterAuthOptions, betterAuth } from 'better-auth/minimal'
import { APIError } from 'better-auth/api'
import { getAdapter } from 'better-auth/db/adapter'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { uuidv7 } from '../ids.ts'
import { sessionPlugin } from './session-plugin.ts'
import { maximumLength, minimumLength } from './passwords.ts'
import type { Seal } from './seal.ts'
import { sealedAdapter } from './sealed-adapter.ts'

export type AccountKind = 'staff' | 'resident'

/** How long a session lasts, from sign-in; a reading never extends it. */
export const sessionSeconds = { staff: 12 * 3600, resident: 7 * 86_400 } as const

/** What better-auth asks to be mailed; it knows neither our pages nor our words. */
export type AuthMail = { kind: 'confirm' | 'reset' | 'known'; userId: string; token: string }

export type AuthSettings = {
  tenant: string
  baseUrl: string
  cookiePath: string
  seal: Seal
  clock: Clock
  trustedOrigins: string[]
  mail(message: AuthMail): Promise<void>
}

/** Seconds for which mailed links are good. */
export const linkSeconds = { confirm: 48 * 3600, reset: 3600, invitation: 7 * 86_400 } as const

export async function createAuth(db: Kysely<unknown>, settings: AuthSettings) {
  const options = authOptions(settings)
  const inner = await getAdapter({ ...options, database: { db, type: 'postgres', transaction: true } })
  const adapter = sealedAdapter(inner, settings.seal)
  return betterAuth({ ...options, database: () => adapter })
}

export type Auth = Awaited<ReturnType<typeof createAuth>>

/** Options without the database, so that better-auth's own migration check can be asked about the same ones. */
export function authOptions(settings: AuthSettings) {
  const secure = settings.baseUrl.startsWith('https:')
  return {
    appName: settings.tenant,
    baseURL: settings.baseUrl,
    secret: settings.seal.cookieSecret,
    trustedOrigins: settings.trustedOrigins,
    telemetry: { enabled: false },
    // Its messages may hold addresses; failures reach the caller as errors.
    logger: { disabled: true },
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: `xl-${settings.tenant}`,
      useSecureCookies: secure,
      defaultCookieAttributes: { path: settings.cookiePath, httpOnly: true, sameSite: 'lax', secure },
      ipAddress: { disableIpTracking: true },
      // The columns are compared in schema.test.ts, not at each start.
      database: { generateId: () => uuidv7(settings.clock.now()), validateSchema: false },
    },
    user: {
      modelName: 'auth_users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        kind: { type: 'string', required: true, input: false, defaultValue: 'resident' },
        emailSealed: { type: 'string', required: false, input: false, returned: false, fieldName: 'email_sealed' },
        phone: { type: 'string', required: false, input: false },
        phoneKey: { type: 'string', required: false, input: false, returned: false, unique: true, fieldName: 'phone_key' },
        language: { type: 'string', required: true, input: false, defaultValue: 'zh' },
        disabledAt: { type: 'date', required: false, input: false, fieldName: 'disabled_at' },
      },
    },
    session: {
      modelName: 'auth_sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: {
        authenticatedAt: { type: 'date', required: false, input: false, fieldName: 'authenticated_at' },
        method: { type: 'string', required: false, input: false },
      },
      expiresIn: sessionSeconds.resident,
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        userId: 'user_id',
        providerId: 'provider_id',
        accountId: 'account_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'auth_verifications',
      storeIdentifier: 'hashed',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    plugins: [
      sessionPlugin,
      twoFactor({
        // Our own pages ask for a recent sign-in instead; accounts without a password may have a second factor too.
        allowPasswordless: true,
        issuer: settings.tenant,
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'auth_two_factors',
            fields: {
              userId: 'user_id',
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
    ],
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: minimumLength.resident,
      maxPasswordLength: maximumLength * 4, // counted in UTF-16 units there; checkPassword counts characters
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: linkSeconds.reset,
      sendResetPassword: ({ user, token }) => settings.mail({ kind: 'reset', userId: user.id, token }),
      onExistingUserSignUp: ({ user }) => settings.mail({ kind: 'known', userId: user.id, token: '' }),
    },
    emailVerification: {
      sendOnSignIn: true,
      expiresIn: linkSeconds.confirm,
      sendVerificationEmail: ({ user, token }) => settings.mail({ kind: 'confirm', userId: user.id, token }),
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const user = await context?.context.internalAdapter.findUserById(session.userId)
            // The two fields are ours; better-auth types only its own.
            const { kind, disabledAt } = (user ?? {}) as { kind?: AccountKind; disabledAt?: Date | null }
            if (!kind || disabledAt) throw new APIError('UNAUTHORIZED', { code: 'ACCOUNT_DISABLED', message: 'disabled' })
            const now = settings.clock.now()
            const expiresAt = new Date(now.getTime() + sessionSeconds[kind] * 1000)
            const method = session['method'] ?? 'password'
            return { data: { ...session, expiresAt, authenticatedAt: now, method, userAgent: deviceOf(session.userAgent ?? '') } }
          },
        },
      },
    },
  } satisfies BetterAuthOptions
}

const devices = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['HarmonyOS', /HarmonyOS|OpenHarmony/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['Mac', /Macintosh/],
  ['Linux', /Linux/],
] as const

/** Enough to recognise one's own session by, and no more. */
const deviceOf = (userAgent: string): string => devices.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'other'
