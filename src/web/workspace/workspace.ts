// Every staff page and its guard.
import { keptListPage, keptPage, keptPost } from './registers.tsx'
import type { Route } from '#http/route.ts'
import { accountPage, accountPost } from './account.tsx'
import { actPage, actPost, datesPage, datesPost } from './case-acts.tsx'
import { glassPage, glassPost } from './break-glass.tsx'
import { accessPage, accessPost } from './case-access.tsx'
import { callbacksPage, callbacksPost } from './callbacks.tsx'
import { casePage, contactsPost, messagePost, recusalPost, sealedPost } from './case-page.tsx'
import { casesPage } from './cases-page.tsx'
import { deskListPage, deskPage, deskPost } from './consultations.tsx'
import { counterPage, counterPost, reissuePost } from './counter.tsx'
import { dataProtectionPage, dataProtectionPost } from './data-protection.tsx'
import { daySheetPage } from './day-sheet.tsx'
import { caseFile, documentFile, documentImage, documentPage, documentPost, uploadedFile } from './document-page.tsx'
import { draftZip, overviewPage, overviewPost } from './draft-overview.tsx'
import { formsPage, formsPost } from './draft-forms.tsx'
import { diagramPage, diagramPost, filesPage, filesPost } from './draft-sources.tsx'
import { templatesPage, templatesPost, tryPage } from './draft-try.tsx'
import { manifestPage, manifestPost, textsPage, textsPost } from './draft-words.tsx'
import { libraryPage, libraryPost } from './library-home.tsx'
import { migrationPage, migrationPost } from './library-migration.tsx'
import { libraryProcedurePage, libraryProcedurePost } from './library-procedure.tsx'
import { exportFile, exportsPage } from './exports.tsx'
import { chunkPut, fieldPage, fieldSession, fieldSheets, fieldShell, fieldWorker, finishPost, surveyGet, surveyPost } from './field.tsx'
import { filedPage, slipFile } from './filed.tsx'
import { handOverPage, handOverPost } from './hand-over.tsx'
import { inboxPage } from './inbox.tsx'
import { caseIncidentsPage, caseIncidentsPost, correctionPage, correctionPost, incidentsPage } from './incidents.tsx'
import { intakePage, intakePost } from './intake.tsx'
import { jobFile, jobsPage, jobsPost } from './jobs.tsx'
import { latePage } from './late.tsx'
import { opinionPage, opinionPost } from './opinion-page.tsx'
import { peoplePage, peoplePost } from './people.tsx'
import { providersPage, providersPost } from './providers.tsx'
import { publicPreviewPage, publicPreviewPost } from './public-preview.tsx'
import { redactedFile, redactPage, redactPicture, redactPost } from './redact-page.tsx'
import { returnFile, returnPage, returnsPage, returnsPost } from './returns.tsx'
import { settingsPage, settingsPost } from './settings.tsx'
import { previewPage, taskPage, taskPost } from './task.tsx'
import { repliesFile, upstreamPage, upstreamPost } from './upstream.tsx'

const get = (path: string, handle: Route['handle']): Route => ({ method: 'get', path, guard: 'staff', handle })
const post = (path: string, handle: Route['handle']): Route => ({ method: 'post', path, guard: 'staff', handle })

export const workspaceRoutes: Route[] = [
  get('', inboxPage),
  get('/tasks/:id', taskPage),
  post('/tasks/:id', taskPost),
  get('/tasks/:id/preview/:document/:page', previewPage),
  get('/cases', casesPage),
  get('/cases/:number', casePage),
  get('/cases/:number/file.pdf', caseFile),
  get('/cases/:number/files/:file', uploadedFile),
  post('/cases/:number/contacts', contactsPost),
  post('/cases/:number/messages', messagePost),
  post('/cases/:number/recusal', recusalPost),
  post('/cases/:number/sealed', sealedPost),
  get('/cases/:number/access', accessPage),
  post('/cases/:number/access', accessPost),
  get('/cases/:number/dates', datesPage),
  post('/cases/:number/dates', datesPost),
  get('/cases/:number/acts/:name', actPage),
  post('/cases/:number/acts/:name', actPost),
  get('/incidents', incidentsPage),
  get('/cases/:number/incidents', caseIncidentsPage),
  post('/cases/:number/incidents', caseIncidentsPost),
  get('/cases/:number/incidents/:token/:element', correctionPage),
  post('/cases/:number/incidents/:token/:element', correctionPost),
  get('/cases/:number/documents/:document', documentPage),
  post('/cases/:number/documents/:document', documentPost),
  get('/cases/:number/documents/:document/file.pdf', documentFile),
  get('/cases/:number/documents/:document/pages/:page', documentImage),
  get('/cases/:number/redact/:file', redactPage),
  post('/cases/:number/redact/:file', redactPost),
  get('/cases/:number/redact/:file/pages/:page', redactPicture),
  get('/cases/:number/redacted/:file', redactedFile),
  get('/data-protection', dataProtectionPage),
  post('/data-protection', dataProtectionPost),
  get('/public-preview', publicPreviewPage),
  post('/public-preview', publicPreviewPost),
  get('/lists', exportsPage),
  get('/lists/:slug/:id/list.csv', exportFile),
  get('/field', fieldPage),
  get('/field/out', fieldShell),
  get('/field/worker.js', fieldWorker),
  get('/field/session', fieldSession),
  get('/field/sheets', fieldSheets),
  get('/field/surveys/:survey', surveyGet),
  post('/field/surveys/:survey', surveyPost),
  post('/field/surveys/:survey/finish', finishPost),
  { method: 'put', path: '/field/surveys/:survey/files/:file', guard: 'staff', handle: chunkPut },
  get('/intake', intakePage),
  post('/intake', intakePost),
  get('/intake/filed', filedPage),
  get('/intake/slip.pdf', slipFile),
  get('/counter', counterPage),
  post('/counter', counterPost),
  post('/counter/reissue', reissuePost),
  get('/upstream', upstreamPage),
  post('/upstream', upstreamPost),
  get('/upstream/replies', repliesFile),
  get('/consultations', deskListPage),
  get('/consultations/:number', deskPage),
  post('/consultations/:number', deskPost),
  get('/consultations/:number/opinions/:opinion', opinionPage),
  post('/consultations/:number/opinions/:opinion', opinionPost),
  get('/registers', keptListPage),
  get('/registers/:slug', keptPage),
  post('/registers/:slug', keptPost),
  get('/callbacks', callbacksPage),
  post('/callbacks', callbacksPost),
  get('/late', latePage),
  get('/day-sheet', daySheetPage),
  get('/jobs', jobsPage),
  post('/jobs', jobsPost),
  get('/jobs/:job/files/:number', jobFile),
  get('/break-glass', glassPage),
  post('/break-glass', glassPost),
  get('/library', libraryPage),
  post('/library', libraryPost),
  get('/library/:slug', libraryProcedurePage),
  post('/library/:slug', libraryProcedurePost),
  get('/library/migrations/:migration', migrationPage),
  post('/library/migrations/:migration', migrationPost),
  get('/library/drafts/:id', overviewPage),
  post('/library/drafts/:id', overviewPost),
  get('/library/drafts/:id/diagram', diagramPage),
  post('/library/drafts/:id/diagram', diagramPost),
  get('/library/drafts/:id/forms', formsPage),
  post('/library/drafts/:id/forms', formsPost),
  get('/library/drafts/:id/texts', textsPage),
  post('/library/drafts/:id/texts', textsPost),
  get('/library/drafts/:id/manifest', manifestPage),
  post('/library/drafts/:id/manifest', manifestPost),
  get('/library/drafts/:id/documents', templatesPage),
  post('/library/drafts/:id/documents', templatesPost),
  get('/library/drafts/:id/rules', filesPage('rules')),
  post('/library/drafts/:id/rules', filesPost('rules')),
  get('/library/drafts/:id/files', filesPage('files')),
  post('/library/drafts/:id/files', filesPost('files')),
  get('/library/drafts/:id/try', tryPage),
  get('/library/drafts/:id/package.zip', draftZip),
  get('/people', peoplePage),
  post('/people', peoplePost),
  get('/people/hand-over', handOverPage),
  post('/people/hand-over', handOverPost),
  get('/returns', returnsPage),
  post('/returns', returnsPost),
  get('/returns/:id', returnPage),
  get('/returns/:id/file.xlsx', returnFile),
  get('/settings', settingsPage),
  post('/settings', settingsPost),
  get('/settings/providers', providersPage),
  post('/settings/providers', providersPost),
  get('/account', accountPage),
  post('/account', accountPost),
]
