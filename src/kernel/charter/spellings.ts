// The ways in which a word may hide: width, traditional characters, invisible or separating characters, look-alike letters, humps.

/** Traditional characters of the word list and their simplified forms, two by two. */
const traditional =
  '點点員员訪访訴诉對对關关愛爱風风險险級级貫贯臉脸識识別别紋纹聲声軌轨跡迹蹤踪黨党團团穩稳維维鬧闹纏缠戶户單单標标簽签評评積积監监輿舆傾倾觀观態态動动號号賬账帳账錄录數数頻频記记義义異异議议極极嚴严門门漢汉滿满壯壮藏藏無无實实網网絡络論论從从眾众衆众個个檔档畫画圖图譜谱係系係系屬属區区類类殊殊會会進进過过曾曾復复複复越越訊讯發发後后裡里種种屬属歷历曆历籤签繫系誠诚僅仅應应該该當当報报導导辦办釋释罰罚礙碍協协務务來来遷迁鄉乡縣县國国際际場场廟庙觀观彙汇匯汇據据條条極极給给緊紧繼继續续總总結结絕绝羅罗職职聯联聽听膚肤興兴舉举華华葉叶處处蘭兰術术衛卫裝装覺觉規规視视覽览計计訂订設设許许診诊試试話话詳详語语誤误說说課课調调談谈請请諾诺謀谋講讲證证譯译護护讀读變变讓让財财責责貨货貪贪貧贫費费資资賓宾賴赖賞赏賢贤質质購购贈赠贊赞贏赢趙赵趨趋車车軍军輔辅輕轻輪轮輸输轉转農农連连遊游運运達达違违遠远適适選选遺遗邊边還还鄰邻醫医釘钉錢钱錯错鍵键鎮镇長长開开間间陰阴陽阳隊队階阶際际隨随隱隐雙双難难雲云電电靈灵靜静響响項项順顺須须預预領领頭头題题顏颜願愿類类顧顾顯显飛飞飲饮養养餘余館馆駐驻騰腾驗验驚惊體体魚鱼鳥鸟麗丽黃黄齊齐齡龄儀仪億亿優优傳传債债傷伤價价侖仑儲储兒儿內内兩两冊册凍冻劃划劇剧劉刘劍剑勝胜勞劳勢势勳勋勵励匱匮區区卻却厭厌參参叢丛吳吴員员問问啟启喚唤嗎吗嘗尝囑嘱圍围園园圓圆執执堅坚報报塊块墊垫墳坟壓压壞坏壽寿夢梦夾夹奪夺獎奖婦妇媽妈嬰婴學学孫孙寧宁寫写寬宽審审尋寻導导將将專专層层島岛師师帶带幣币幫帮幹干幾几庫库廁厕廚厨廠厂廢废廣广廳厅張张強强彈弹徑径徵征德德恆恒恥耻悅悦惡恶惱恼愛爱態态慘惨慶庆憂忧憑凭憶忆懷怀懸悬戀恋戰战戲戏戶户拋抛捨舍掃扫掛挂採采換换揮挥損损搖摇搶抢摯挚撥拨擁拥擇择擊击擔担據据擴扩攝摄攤摊敗败敘叙敵敌數数斷断時时晉晋暫暂曉晓書书會会東东條条楊杨極极構构槍枪樂乐樓楼標标樣样樹树橋桥機机檢检歐欧歲岁歷历歸归殘残殺杀氣气決决沒没淚泪淨净淺浅測测湯汤準准溝沟溫温滅灭滯滞漁渔漢汉潔洁潛潜澤泽濟济濱滨灘滩災灾為为烏乌熱热燈灯燒烧營营爭争爺爷牆墙牽牵狀状獄狱獨独獲获獻献現现環环產产畝亩畢毕異异當当疊叠療疗瘋疯瘡疮癡痴發发皺皱盜盗盡尽監监盤盘確确碼码禮礼禍祸稅税稱称穀谷積积穩稳窮穷竄窜競竞筆笔節节範范築筑簡简糧粮糾纠紀纪約约紅红納纳純纯紙纸級级素素細细組组終终經经綠绿維维綱纲網网緒绪線线緩缓編编緣缘縣县縮缩縱纵織织繩绳'

const simplified = new Map<string, string>()
for (let at = 0; at + 1 < traditional.length; at += 2) simplified.set(traditional.charAt(at), traditional.charAt(at + 1))

/** Letters of other scripts, digits and signs that are read as Latin letters. */
const lookAlike = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    х: 'x',
    і: 'i',
    ѕ: 's',
    у: 'y',
    к: 'k',
    т: 't',
    н: 'h',
    м: 'm',
    ο: 'o',
    α: 'a',
    ε: 'e',
    ι: 'i',
    ν: 'v',
    τ: 't',
    ρ: 'p',
  }),
)
const digitLetter = new Map(Object.entries({ '0': 'o', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' }))

const han = /\p{Script=Han}/u

/** One way of writing: NFKC, simplified, no accents, Latin letters for their look-alikes, small. Invisible characters are left out. */
export function plainText(text: string): string {
  const folded = text
    .normalize('NFKC')
    .normalize('NFKD')
    .replaceAll(/[\p{Mn}\p{Cf}\u115f\u1160\u3164]/gu, '')
  return Array.from(folded.normalize('NFC'), (letter) => simplified.get(letter) ?? lookAlike.get(letter) ?? letter)
    .join('')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]{2,})([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
}

/** Every spelling under which a text is tried against the word list; the first is the plain one. */
export function spellings(text: string): string[] {
  const plain = plainText(text)
  const found = new Set([plain, plain.replaceAll(/[_\-.:/\\]+/g, ' ')])
  // Separators between Chinese characters. In a short text also its punctuation, and what is no Chinese character at all.
  found.add(plain.replaceAll(/(?<=\p{Script=Han})[\s·•‧.\-_*|/\\~^+=#&'"`<>[\]{}()（）【】「」]+(?=\p{Script=Han})/gu, ''))
  if (Array.from(plain).length <= 24 && han.test(plain)) {
    found.add(plain.replaceAll(/[\s\p{P}\p{S}]/gu, ''))
    found.add(plain.replaceAll(/[^\p{Script=Han}]/gu, ''))
  }
  // Letters one by one (r e l i g i o n), a name cut by signs (re-ligion), digits for letters (re1igion).
  found.add(plain.replaceAll(/\b(?:[a-z][\s._*|/-]+){3,}[a-z]\b/g, (run) => run.replaceAll(/[^a-z]/g, '')))
  if (!/\s/.test(text.trim()) && plain.length <= 40) found.add(plain.replaceAll(/[^a-z0-9\p{Script=Han}]/gu, ''))
  for (const one of ['i', 'l'])
    found.add(
      plain.replaceAll(/[a-z]*[013457@$][a-z0-9@$]*/g, (word) =>
        /[a-z]{2}/.test(word) ? Array.from(word, (letter) => (letter === '1' ? one : (digitLetter.get(letter) ?? letter))).join('') : word,
      ),
    )
  return [...found]
}
