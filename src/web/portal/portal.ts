// All pages for residents, by address below `/t/:tenant`.
import { publicList, voteJson, yearReportJson } from './public-data.ts'
import { registerFile, registerPage, registersPage } from './registers-page.tsx'
import { villageJson, villagePage, villagesPage } from './villages-page.tsx'
import { datesCalendar, datesFeed, datesJson, datesPage } from './dates-page.tsx'
import type { Route } from '#http/route.ts'
import { confirmPage, confirmPost, passwordPage, passwordPost, resetPage, resetPost, signUpPage, signUpPost } from './account-links.tsx'
import { accountPage, clearedPage, clearPost, erasedPage, languagePost, sessionPost } from './account-page.tsx'
import { actPage, actPost, joinPost, signingCodePost } from './case-acts.tsx'
import { assistancePage, assistancePost } from './assistance-page.tsx'
import { dataPage, dataPost } from './data-page.tsx'
import { commentPage, commentPost, ownPage, ownPost } from './comment-page.tsx'
import { consultationsCalendar, consultationsFeed } from './consultation-feeds.ts'
import { consultationPage, consultationsPage, opinionAddress, opinionsFile, opinionsPage } from './consultations.tsx'
import { documentPage, documentPdf, documentPicture, receiptFile, uploadFile } from './case-documents.tsx'
import { supplementPage, supplementPost } from './case-message.tsx'
import { casePage } from './case-page.tsx'
import { checkPage, sendFiling } from './check-page.tsx'
import { checkerFile, ownCheckPost } from './checker-page.tsx'
import { filedPage, promiseFile, slipPage, slipPdf, slipPicture } from './filed.tsx'
import { filingPage, filingPost, filingStart, restart } from './filing.tsx'
import { receptionPage } from './reception-page.tsx'
import { yearReportPage } from './year-report-page.tsx'
import { figuresPage } from './figures-page.tsx'
import { integrityPage } from './integrity-page.tsx'
import { matterPage } from './matter-page.tsx'
import { openFeed, openItemJson, openItemsJson } from './open-data.ts'
import { openGuidePage, openReportPage } from './open-guide.tsx'
import { openItemDocument, openItemPage, openPage } from './open-page.tsx'
import { openingPage } from './opening-page.tsx'
import { precheckPage, precheckPost } from './precheck-page.tsx'
import { proofFile, receiptPage, receiptPdf, receiptPicture } from './receipt-page.tsx'
import { promisesPage } from './promises-page.tsx'
import { proxiesPage, proxiesPost } from './proxies.tsx'
import { ratingPage, ratingPost } from './rating-page.tsx'
import { recusalPage, recusalPost } from './recusal.tsx'
import { comparePage } from './compare-page.tsx'
import { examplePage, exampleScript } from './example-page.tsx'
import { packageFile, procedurePage, samplePage } from './procedure-page.tsx'
import { proceduresPage } from './procedures-page.tsx'
import { challengeAnswer } from './proof-box.tsx'
import { requestPage } from './request-page.tsx'
import { requestJson, requestsAtom, requestsJson } from './requests-feed.ts'
import { requestFiguresPage } from './requests-figures.tsx'
import { requestsPage } from './requests-page.tsx'
import { resumePage, resumePost, savedPage } from './resume.tsx'
import { securityPage } from './security-page.tsx'
import { feedFile, feedPost, sessionsFile, sessionsPage } from './sessions.tsx'
import { codePost, signInPage, signInPost, signOutPost } from './sign-in.tsx'
import { mattersPage, startPage } from './start-page.tsx'
import { signInRoutes } from '../sign-in/routes.ts'
import { termsPage } from './terms-page.tsx'
import { trackPage, trackPost } from './track.tsx'
import { votePage, votePost, votesPage } from './votes-page.tsx'
import { verifyPage, verifyPost, verifyResult } from './verify-page.tsx'

export const portalRoutes: Route[] = [
  { method: 'get', path: '', guard: 'public', handle: startPage },
  { method: 'get', path: '/', guard: 'public', handle: startPage },
  { method: 'get', path: '/opening', guard: 'public', handle: openingPage },
  { method: 'get', path: '/terms', guard: 'public', handle: termsPage },
  { method: 'get', path: '/security', guard: 'public', handle: securityPage },
  { method: 'get', path: '/integrity', guard: 'public', handle: integrityPage },
  { method: 'get', path: '/figures', guard: 'public', handle: figuresPage },
  { method: 'get', path: '/figures/requests', guard: 'public', handle: requestFiguresPage },
  { method: 'get', path: '/promises', guard: 'public', handle: promisesPage },
  { method: 'get', path: '/requests', guard: 'public', handle: requestsPage },
  { method: 'get', path: '/requests.atom', guard: 'public', handle: requestsAtom },
  { method: 'get', path: '/requests.json', guard: 'public', handle: requestsJson },
  { method: 'get', path: '/requests/:file{[A-Za-z0-9-]+\\.json}', guard: 'public', handle: requestJson },
  { method: 'get', path: '/requests/:number', guard: 'public', handle: requestPage },
  { method: 'get', path: '/figures/:slug', guard: 'public', handle: yearReportPage },
  { method: 'get', path: '/reception', guard: 'public', handle: receptionPage },

  { method: 'get', path: '/votes', guard: 'public', handle: votesPage },
  { method: 'get', path: '/votes/:id', guard: 'public', handle: votePage },
  { method: 'post', path: '/votes/:id', guard: 'resident', handle: votePost },
  { method: 'get', path: '/consultations', guard: 'public', handle: consultationsPage },
  { method: 'get', path: '/consultations.ics', guard: 'public', handle: consultationsCalendar },
  { method: 'get', path: '/consultations.atom', guard: 'public', handle: consultationsFeed },
  { method: 'get', path: '/consultations/mine', guard: 'public', handle: ownPage },
  { method: 'post', path: '/consultations/mine', guard: 'public', handle: ownPost },
  { method: 'get', path: '/consultations/:number', guard: 'public', handle: consultationPage },
  { method: 'get', path: '/consultations/:number/opinions', guard: 'public', handle: opinionsPage },
  { method: 'get', path: '/consultations/:number/opinions/:opinion', guard: 'public', handle: opinionAddress },
  { method: 'get', path: '/consultations/:number/comment', guard: 'public', handle: commentPage },
  { method: 'post', path: '/consultations/:number/comment', guard: 'public', handle: commentPost },
  { method: 'get', path: '/consultations/:number/:file{opinions\\.(?:csv|json|xlsx)}', guard: 'public', handle: opinionsFile },

  { method: 'get', path: '/data/:file{[a-z]+\\.json}', guard: 'public', handle: publicList },
  { method: 'get', path: '/votes/:id/data.json', guard: 'public', handle: voteJson },
  { method: 'get', path: '/figures/:slug/data.json', guard: 'public', handle: yearReportJson },
  { method: 'get', path: '/villages', guard: 'public', handle: villagesPage },
  { method: 'get', path: '/villages/:village', guard: 'public', handle: villagePage },
  { method: 'get', path: '/villages/:village/data.json', guard: 'public', handle: villageJson },
  { method: 'get', path: '/registers', guard: 'public', handle: registersPage },
  { method: 'get', path: '/registers/:slug', guard: 'public', handle: registerPage },
  { method: 'get', path: '/registers/:slug/:file{entries\\.(?:csv|json)}', guard: 'public', handle: registerFile },
  { method: 'get', path: '/dates', guard: 'public', handle: datesPage },
  { method: 'get', path: '/dates.ics', guard: 'public', handle: datesCalendar },
  { method: 'get', path: '/dates.atom', guard: 'public', handle: datesFeed },
  { method: 'get', path: '/dates.json', guard: 'public', handle: datesJson },

  { method: 'get', path: '/open', guard: 'public', handle: openPage },
  { method: 'get', path: '/open/guide', guard: 'public', handle: openGuidePage },
  { method: 'get', path: '/open/report', guard: 'public', handle: openReportPage },
  { method: 'get', path: '/open/feed.xml', guard: 'public', handle: openFeed },
  { method: 'get', path: '/open/items.json', guard: 'public', handle: openItemsJson },
  { method: 'get', path: '/open/items/:number', guard: 'public', handle: openItemPage },
  { method: 'get', path: '/open/items/:number/data.json', guard: 'public', handle: openItemJson },
  { method: 'get', path: '/open/items/:number/document.pdf', guard: 'public', handle: openItemDocument },

  { method: 'get', path: '/matters', guard: 'public', handle: mattersPage },
  { method: 'get', path: '/assistance', guard: 'public', handle: assistancePage },
  { method: 'post', path: '/assistance', guard: 'public', handle: assistancePost },
  { method: 'get', path: '/matters/:slug', guard: 'public', handle: matterPage },
  { method: 'get', path: '/matters/:slug/precheck/:id', guard: 'public', handle: precheckPage },
  { method: 'post', path: '/matters/:slug/precheck/:id', guard: 'public', handle: precheckPost },
  { method: 'get', path: '/matters/:slug/new', guard: 'public', handle: filingStart },
  { method: 'get', path: '/matters/:slug/new/check', guard: 'public', handle: checkPage },
  { method: 'post', path: '/matters/:slug/new/check', guard: 'public', handle: sendFiling },
  { method: 'get', path: '/matters/:slug/new/:page', guard: 'public', handle: filingPage },
  { method: 'post', path: '/matters/:slug/new/:page', guard: 'public', handle: filingPost },
  { method: 'get', path: '/matters/:slug/saved', guard: 'public', handle: savedPage },
  { method: 'post', path: '/matters/:slug/restart', guard: 'public', handle: restart },
  { method: 'get', path: '/procedures', guard: 'public', handle: proceduresPage },
  { method: 'get', path: '/procedures/:slug', guard: 'public', handle: procedurePage },
  { method: 'get', path: '/procedures/:slug/compare', guard: 'public', handle: comparePage },
  { method: 'get', path: '/procedures/:slug/package.zip', guard: 'public', handle: packageFile },
  { method: 'get', path: '/procedures/:slug/documents/:file{[a-z0-9-]+\\.pdf}', guard: 'public', handle: samplePage },
  { method: 'get', path: '/procedures/:slug/examples/:name', guard: 'public', handle: examplePage },
  { method: 'get', path: '/procedures/:slug/examples/:name/script.json', guard: 'public', handle: exampleScript },
  { method: 'get', path: '/resume', guard: 'public', handle: resumePage },
  { method: 'post', path: '/resume', guard: 'public', handle: resumePost },

  { method: 'get', path: '/filed', guard: 'public', handle: filedPage },
  { method: 'get', path: '/filed/promise.txt', guard: 'public', handle: promiseFile },
  { method: 'get', path: '/filed/slip', guard: 'public', handle: slipPage },
  { method: 'get', path: '/filed/slip.svg', guard: 'public', handle: slipPicture },
  { method: 'get', path: '/filed/slip.pdf', guard: 'public', handle: slipPdf },

  { method: 'get', path: '/track', guard: 'public', handle: trackPage },
  { method: 'post', path: '/track', guard: 'public', handle: trackPost },
  { method: 'get', path: '/challenge.json', guard: 'public', handle: challengeAnswer },
  { method: 'get', path: '/cases/:number', guard: 'party', handle: casePage },
  { method: 'get', path: '/cases/:number/data', guard: 'party', handle: dataPage },
  { method: 'post', path: '/cases/:number/data', guard: 'party', handle: dataPost },
  { method: 'get', path: '/cases/:number/acts/:name', guard: 'party', handle: actPage },
  { method: 'post', path: '/cases/:number/acts/:name', guard: 'party', handle: actPost },
  { method: 'post', path: '/cases/:number/acts/:name/code', guard: 'party', handle: signingCodePost },
  { method: 'get', path: '/cases/:number/sessions', guard: 'party', handle: sessionsPage },
  { method: 'post', path: '/cases/:number/sessions', guard: 'party', handle: feedPost },
  { method: 'get', path: '/cases/:number/sessions.ics', guard: 'party', handle: sessionsFile },
  { method: 'get', path: '/calendar/:file', guard: 'public', handle: feedFile },
  { method: 'get', path: '/cases/:number/supplement', guard: 'party', handle: supplementPage },
  { method: 'post', path: '/cases/:number/supplement', guard: 'party', handle: supplementPost },
  { method: 'get', path: '/cases/:number/proxies', guard: 'party', handle: proxiesPage },
  { method: 'post', path: '/cases/:number/proxies', guard: 'party', handle: proxiesPost },
  { method: 'get', path: '/cases/:number/rating', guard: 'party', handle: ratingPage },
  { method: 'post', path: '/cases/:number/rating', guard: 'party', handle: ratingPost },
  { method: 'get', path: '/cases/:number/recusal', guard: 'party', handle: recusalPage },
  { method: 'post', path: '/cases/:number/recusal', guard: 'party', handle: recusalPost },
  { method: 'post', path: '/cases/:number/join', guard: 'resident', handle: joinPost },
  { method: 'get', path: '/cases/:number/documents/:file{[0-9a-f-]{36}\\.pdf}', guard: 'party', handle: documentPdf },
  { method: 'get', path: '/cases/:number/documents/:id', guard: 'party', handle: documentPage },
  { method: 'get', path: '/cases/:number/documents/:id/pages/:page', guard: 'party', handle: documentPicture },
  { method: 'get', path: '/cases/:number/files/:id', guard: 'party', handle: uploadFile },
  { method: 'get', path: '/cases/:number/receipt', guard: 'party', handle: receiptFile },
  { method: 'get', path: '/cases/:number/receipt.tlog-proof', guard: 'party', handle: proofFile },
  { method: 'get', path: '/cases/:number/slip', guard: 'party', handle: receiptPage },
  { method: 'get', path: '/cases/:number/slip.pdf', guard: 'party', handle: receiptPdf },
  { method: 'get', path: '/cases/:number/slip.svg', guard: 'party', handle: receiptPicture },

  { method: 'get', path: '/verify', guard: 'public', handle: verifyPage },
  { method: 'post', path: '/verify', guard: 'public', handle: verifyPost },
  { method: 'get', path: '/verify.html', guard: 'public', handle: checkerFile },
  { method: 'post', path: '/verify/receipt', guard: 'public', handle: ownCheckPost },
  { method: 'get', path: '/verify/:code', guard: 'public', handle: verifyResult },

  { method: 'get', path: '/sign-in', guard: 'public', handle: signInPage },
  { method: 'post', path: '/sign-in', guard: 'public', handle: signInPost },
  { method: 'post', path: '/sign-in/code', guard: 'public', handle: codePost },
  ...signInRoutes,
  { method: 'post', path: '/sign-out', guard: 'public', handle: signOutPost },
  { method: 'get', path: '/sign-up', guard: 'public', handle: signUpPage },
  { method: 'post', path: '/sign-up', guard: 'public', handle: signUpPost },
  { method: 'get', path: '/account', guard: 'resident', handle: accountPage },
  { method: 'post', path: '/account/sessions', guard: 'resident', handle: sessionPost },
  { method: 'post', path: '/account/language', guard: 'resident', handle: languagePost },
  { method: 'get', path: '/account/confirm', guard: 'public', handle: confirmPage },
  { method: 'post', path: '/account/confirm', guard: 'public', handle: confirmPost },
  { method: 'get', path: '/account/reset', guard: 'public', handle: resetPage },
  { method: 'post', path: '/account/reset', guard: 'public', handle: resetPost },
  { method: 'get', path: '/account/password', guard: 'public', handle: passwordPage },
  { method: 'post', path: '/account/password', guard: 'public', handle: passwordPost },
  { method: 'post', path: '/clear', guard: 'public', handle: clearPost },
  { method: 'get', path: '/cleared', guard: 'public', handle: clearedPage },
  { method: 'get', path: '/erased', guard: 'public', handle: erasedPage },
]
