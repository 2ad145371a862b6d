// What a town may never keep of a person, as a reviewed list of words (CHARTER.md). Texts reach it in every spelling (spellings.ts).

export type WordRule = {
  rule: string
  /** What it is, as the refusal says it. */
  about: string
  /** What to do instead. */
  remedy: string
  words: RegExp
}

const someone =
  '(?:人员|居民|村民|住户|家庭|个人|申请人|当事人|信访人|投诉人|举报人|上访人|诉求人|反映人|群众|对象|户主|租客|业主|农户|本人|其人|租户)'
const oneOf =
  '(?:person|people|resident|citizen|applicant|petitioner|complainant|complainer|household|individual|villager|tenant|famil(?:y|ies)|neighbou?r|human|user|caller|client)'
const listed = '(?:persons?|people|residents?|citizens?|villagers?|tenants?|households?|petitioners?|complainants?|individuals?|famil(?:y|ies))'
const peoples =
  '汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺'

/** Phrases that hold a word of the list and say nothing of a person: places, offices, laws, goods. They are taken out before the list is asked. */
export const harmless =
  /《[^》]{1,40}》|宗教(?:活动)?(?:场所|事务|局|办)|宗教(?:建筑|文物)|民族宗教|民宗|民族(?:自治|乡(?!亲)|事务|团结|地区|路|小学|中学|学校|文化|医药|工艺|乐器|风情|节日)|中华民族|居民族群|清真(?:食品|寺)|社会信用代码|重点(?:优抚|救助)对象|党群服务|党员(?:活动室|申诉)|party.?appeal|appeal of a party member|无(?:违法)?犯罪记录(?:证明|证)?|未受刑事处罚|网上访|线上访|微信教|信访(?:事项|件|部门|机构|局|办|工作|渠道|系统)|积分(?:入户|入学|落户)|(?:dragon.?)?(?:boat|road|foot|cycle|bike|relay|horse|car|running) ?race|race ?(?:track|course|route|team)s?|(?:church|temple|mosque) ?(?:street|road|lane|square|building)|place of worship|religious (?:site|building|venue|place|affairs)|ethnic (?:township|affairs|autonomous|(?:primary |middle )?school)|minzu (?:road|street|square|primary|middle|school)|key personnel|credit code|criminal record (?:certificate|check)|certificate of no criminal record|face.to.face/g

export const wordRules: WordRule[] = [
  {
    rule: 'charter.belief',
    about: 'religion or belief of a person',
    remedy: 'Remove it. A place (宗教活动场所) may be named in a check of places.',
    words: new RegExp(
      [
        '宗教|信仰|(?<!微)信教(?![程学育材师])|信众|信徒|教徒|教友|教民|教派|教职人员|邪教|法轮|佛教|(?<![街人])道教(?![育学师室练材])|伊斯兰|穆斯林|基督|天主教|东正教|回教|礼拜(?![一二三四五六天日])|皈依|受洗|居士|阿訇|牧师|神父|僧人|尼姑|道士|传教|信佛|信主|拜佛|拜上帝|祷告|朝觐|斋月|教名|洗礼|^清真$|是否清真|清真饮食',
        '教会(?![了使操居村老群大孩学如自你他她家])',
        'religio|\\bbelief|\\bbeliever|\\bfaith\\b|\\bsects?\\b|\\bcults?\\b|church|mosque.?(?:member|goer)|muslim|moslem|islam|christian|catholic|buddhis|taois|daois|protestant|\\bhalal.?diet|congregation|baptis|worshipper|denomination|believes?.in\\b|^(?:is )?halal$|prayer.?group|spiritual.?(?:practice|affiliation)',
        'zongjiao|xinyang|\\bzjxy|xiejiao|xinjiao(?:qk|qingkuang)|jiaotu\\b',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.ethnicity',
    about: 'ethnicity of a person',
    remedy: 'Remove it.',
    words: new RegExp(
      [
        `(?<![居村农渔牧])民族(?!谱)|族别|^少民|族裔|族群|种族|人种|血统|肤色|(?:${peoples})族(?![谱长人])|维族`,
        'ethnic|\\braces?\\b|\\bracial|\\btrib(?:e|al)\\b|nationality.?group|minorit(?:y|ies)(?!.?(?:shareholder|interest|opinion))|han.?chinese|uyghur|uighur|tibetan|mongol|kazakh|skin.?colou?r',
        '\\bminzu|shaoshu.?minzu|\\bmz ?dm\\b|gb ?t? ?3304',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.origin',
    about: 'origin of a person as a label',
    remedy: 'Ask for the household registration or the address, with its purpose and law, where the law needs it.',
    words: new RegExp(
      [
        '籍贯|祖籍|原籍|省籍|出生地|人[员口]来源地|外来人[员口]|外地人(?!才)|外省人|本地人(?!才)|老家(?:在|是|所在|地址|$)|哪里人|何方人|地域(?:来源|标签|归属)|是否(?:外来|外地|本地人)|外来户|非本地|本地.?外地|出身(?!证)|阶级成分|家庭成分',
        'native.?place|place.?of.?origin|\\bbirth.?place|place.?of.?birth|home.?town|ancestr|hukou.?origin|\\boutsiders?\\b|regional.?origin|class.?(?:origin|background)|country.?of.?origin',
        '\\bjiguan\\b|\\bzuji\\b|chushengdi|csdgjdq|\\bwaidi.?ren',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.complained',
    about: 'that a person complained',
    remedy: 'Remove it. Whether this matter is already with another authority may be asked of the matter.',
    words: new RegExp(
      [
        '(?:上访|信访|投诉|举报|诉求|申诉|控告|来访|来信|告状)(?:总|累计)?(?:次数|频次|频率|记录数|史|历史|前科|倾向|量排|排名|专业户|老户|人员?(?:类别|等级|名单|名册|台账|分类|标签|库))',
        '(?:是否|有无|曾经?|多次|越级|进京|赴京|赴省|到京|集体|反复|经常|习惯性|职业|恶意|累计|既往|历史)(?:上访|信访|投诉|举报|申诉|控告|告状)',
        '(?<![网线])上访(?![谈问])|(?:信访|投诉|举报)过|访民|越级访|进京访|赴省访|集体访(?![谈问])|(?<![走采])访次|老信访|信访重点|信访(?:积案)?户|职业(?:举报|投诉)人|告状户',
        '(?:complain(?:t|er|ant)?|petition(?:er)?|appeal|grievance)s?.?(?:count|history|tally|frequency|times|track.?record|total|record\\b)|(?:has|ever|have|had|is|was|who|persons?).{0,6}(?:complained|petitioned)|(?:prior|previous|past|earlier|number.?of).?(?:complaints|petitions|grievances)|(?:repeat|serial|habitual|frequent|chronic|vexatious|persistent|professional).?(?:complain|petition|appellant)|complained.?before',
        'shangfang|chanfang|naofang|xinfang.?(?:cishu|hu|laohu|ren.?leibie)|\\bsfsf\\b',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.opinion',
    about: 'political opinion or standing of a person',
    remedy: 'Remove it.',
    words: new RegExp(
      [
        '政治(?:面貌|倾向|观点|立场|态度|表现|可靠|审查|身份|思想|评价|背景|觉悟)|政审|思想(?:动态|状况|倾向|表现|状态|汇报)|舆情|党员|团员|党籍|党派|无党派|群众身份|入党|持不同政见|异见|异议人[士员]|意识形态|政见',
        'political.?(?:opinion|view|leaning|status|affiliation|stance|attitude|reliab|background|outlook|belief)|party.?(?:member|affiliation)|ideolog|dissident|dissent(?!ing opinion)|thought.?(?:status|trend|report)|public.?opinion.?(?:monitor|surveil|watch)|communist',
        '\\bzzmm|zhengzhi.?mianmao|sixiang.?dongtai|\\byuqing\\b|gb ?t? ?4762',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.watched-person',
    about: 'a mark or list of watched persons',
    remedy: 'Remove it. Help is given by a case that the person asks for and sees.',
    words: new RegExp(
      [
        '重点人(?![才大民])|[众种仲]点人员|重[典电店奌]人员|重点[仁壬任]员|重点[青少]年|重点(?:关爱|关怀|关照|关心|关注|帮扶|帮教|帮控|管控|监管|监控|监测|服务|防控|防范|稳控|管理|走访|排查|布控|盯防|包保|观察|对待|防护|救助|保障|扶助)?(?:对象|群体|人群|人物|分子|[住农]?户(?!外|型|籍)|家庭|居民|村民|学生|市民)|重点(?:关注|关爱|关照|稳控|布控|盯防)(?:$|的(?:人|对象|家庭|户|群)|[否级类等标名\\s)）])',
        '关爱对象|特别关爱|zd ?人员|重点 ?ren|特殊(?:人群|人员|对象(?!性)|人士)|特定人员|特别关注(?:人|对象)|关注对象|关注(?:人员|人群|等级|级别)|管控(?:对象|人员(?!安排)|等级|级别)|监控(?:对象|人员)|稳控|维稳|涉稳|涉访|涉疆|涉藏|涉恐|涉邪|[四五六七八九]类人员|高危(?:人员|人群)|高风险(?:人员|人群|居民|住户|对象)|危险(?:人员|人物|分子)|可疑(?:人员|人物)|不(?:稳定|放心|安定)(?:人员|分子|人群|因素人)|敏感(?:人员|人物|人群|群体|身份)|维权人士|人员颜色|人员码|肇事肇祸|精神病患者肇事|^失信$|是否失信|布控|列管|列控|盯防|盯控|帮教对象|工作对象(?:类别|等级)|在控人员|失控漏管|内控(?:人员|对象)',
        '上访户|老上访|缠访|缠诉|闹访|非访(?![客谈问])|非正常上访|信访老户|钉子户|刁民|刺头|老赖|难缠|闹事者?|滋事人员|不良分子|异常人员|不良(?:人员|青年|少年)|黑名单|灰名单|红黑榜|失信(?:人员|名单|人名|被执行人)|挂牌户|红黄绿码|三色(?:管理|预警|标记)(?:人|户|对象)|一人一档|人员(?:底数|研判|布控)',
        'key.?(?:persons?\\b|individuals?|people|residents?|population|groups?.?of.?people|households?)|watch.?list|watched.?person|black.?list|gr[ae]y.?list|deny.?list|persons?.?of.?(?:interest|concern|attention|note)|trouble.?maker|people.to.watch|difficult.?(?:person|people|resident|customer)|nuisance.?(?:person|caller|complain)|agitator|activist|repeat.?petitioner|(?:focus|special|sensitive|suspicious|dangerous|unstable|flagged).?(?:persons?\\b|individuals?|people|population|residents?|groups?.?of.?people)|target(?:ed)?.?(?:persons?\\b|individuals?)|high.?risk.?(?:persons?\\b|individuals?|people|population|residents?|households?|groups?)|(?:focus|special|priority).?(?:care|attention|concern).?(?:subjects?|targets?|persons?\\b|people|objects?|list|residents?)|under.?(?:surveillance|observation|watch|close.?attention)|persona.?non.?grata|stability.?(?:maintenance|control|risk)|nail.?household|deadbeat',
        '(?:\\b|sf)zdry|\\bzdrq\\b|\\bzdgz(?:dx|ry|rq)\\b|\\bzdga(?:dx|ry)\\b|\\btsrq\\b|\\bhmd\\b|zhong ?dian ?(?:ren|dui ?xiang|guan)|hei ?ming ?dan|wen ?kong|wei ?wen\\b|teshu.?renqun|dingzihu|guankong.?duixiang|ga ?t? ?(?:2000|541)',
      ].join('|'),
    ),
  },
  {
    rule: 'charter.rating',
    about: 'a score, grade or label of a person',
    remedy: 'Remove it. A risk may be that of a thing or a decision: say of what (隐患风险等级, 决策风险评估).',
    words: new RegExp(
      [
        `${someone}的?(?:社会|安全|综合)?(?:风险|危险|威胁|稳定|可信|可靠|忠诚|信用|信任|诚信|服从|配合|态度|思想|品德|表现|道德|行为)性?(?:等级|级别|分级|评分|评级|打分|指数|分值|得分|积分|程度|度|标签|星级|评估|评定|画像|档次)`,
        `${someone}(?:分级|等级|评级|画像|标签)|(?:人员|个人|家庭|村民|居民|住户|农户|租客)(?:积分(?![卡兑])|分值|得分)|(?:人员|个人|家庭|住户|户主|农户|租客)(?:评分|打分)|(?:给|为|对)${someone}?(?:打分|打标签|贴标签|画像)|标签化|全息档案|信用画像`,
        '(?<!(?:隐患|灾害|火灾|项目|决策|事项|工程|设备|设施|场所|企业|单位|食品|药品|房屋|建筑|边坡|山洪|地质|道路|水库|河道|区域|点位|事故|安全|环境|生产|气象|疫情|网络|系统|数据|作业|危房|消防|燃气|用电|活动|质量|农产品|产品|堤防|路段|地块|森林|洪涝|内涝|滑坡|施工|交通|桥梁|电力|经营|合同|资金|事项|点)的?)(?:风险|危险)(?:等级|级别|分级|评分|系数)(?!评估办法|标准)|研判等级|信用积分|打标签|人身危险性|社会危险性|忠诚|信用分|积分等级|社会信用|道德积分|文明积分|诚信(?:积分|等级|档案|评分)|家庭积分|好感度|听话|服从度|配合程度|可靠程度|稳定程度|威胁程度',
        `${oneOf}s?.{0,14}(?:risk|threat|danger|trust\\w*|loyalty|credit|stability|behaviou?r\\w*|conduct|reliab\\w+|obedien\\w+|cooperat\\w+).{0,4}(?:score|level|rating|grade|label|tag|class\\b|index|tier|points?)`,
        `(?:risk|threat|danger|trust|loyalty|credit|stability|behaviou?r|reliability|conduct).?(?:label|score|level|rating|grade|tier|points?|index|tag).{0,4}(?:of|for|per).?(?:the.?|each.?|a.?)?${oneOf}|${oneOf}.?(?:risk|score|rating|grade|tier|labels?|tags?|ranking)\\b|^(?:the )?(?:risk|trust|social|behaviou?r|stability|threat).?(?:score|rating|grade|points?)$|loyalt|social.?credit|trustworth|citizen.?score|good.?citizen|civility.?points|obedience|renyuan.?dengji|fengxian.?dengji|xinyong.?fen`,
      ].join('|'),
    ),
  },
  {
    rule: 'charter.biometric',
    about: 'a biometric mark of a person',
    remedy: 'Remove it. Identity is checked by looking at the document, not by the body.',
    words:
      /人脸|脸部|面部(?:识别|特征|采集|图像)|面容|刷脸|人像|指纹|掌纹|虹膜|声纹|步态|静脉识别|基因(?:信息|样本|采集)|\bdna\b|血样采集|生物(?:识别|特征)|\bfac(?:e|ial).?(?:id|recog|print|scan|photo|image|match|template|data|feature|encod|embed|vector)|finger.?print|palm.?print|biometric|\biris\b|retina|voice.?(?:print|recognition|id\b)|\bgait\b|renlian|\bzhiwen\b|hongmo|shengwen/,
  },
  {
    rule: 'charter.online-speech',
    about: 'what a person says or does online',
    remedy: 'Remove it. A person may hand in a screenshot as evidence of the matter.',
    words:
      /微信号聊天|朋友圈|微博(?:账号|号|名|昵称|id)|twitter|facebook|instagram|抖音(?:账号|号|id)|快手(?:账号|号)|网络言论|网上言论|网络行为|言论(?:记录|监测|倾向|情况|内容监)|网络(?:发声|发帖)|发帖(?:记录|情况|内容|次数)|社交(?:账号|媒体账号|平台账号|媒体|平台)|聊天记录监|(?:帖子|评论|群聊|上网)(?:监测|监控|巡查|采集|抓取|记录)|网(?:上|络)巡查|自媒体账号|点赞记录|浏览记录|social.?(?:media|network)|online.?(?:speech|remark|activit|behaviou?r|opinion|post|comment.?histor)|\bweibo|douyin|wechat.?(?:moments|group.?chat|monitor)|tiktok|browsing.?histor|post.?history|sentiment.?(?:score|analysis|monitor)|chat.?(?:history|log).?(?:monitor|of)|wangluo.?yanlun|pengyouquan/,
  },
  {
    rule: 'charter.trail',
    about: 'where a person went',
    remedy: 'Remove it. Ask for the one place that the matter is about.',
    words:
      /行动轨迹|活动轨迹|轨迹|行踪|踪迹|定位(?:记录|跟踪|历史|数据|追踪)|(?:实时|当前|历史)(?:位置|定位)|位置(?:记录|历史|追踪|轨迹|上报)|行程(?:记录|码|卡)|出行记录|住宿记录|基站(?:定位|数据|位置)|手机定位(?:数据|轨迹|记录|信息|跟踪|追踪)|出入(?:小区|门禁|村)?(?:人员)?记录|进出记录|门禁记录|(?:location|movement|position|travel|trip).?(?:trail|history|track|log\b)|whereabouts|gps.?(?:track|trail|log|position)|geo.?(?:track|trail|fence)|real.?time.?(?:location|position)|live.?location|live.?tracking|track(?:s|ing|ed)?.?(?:of.?)?(?:person|people|resident|individual|movement)|guiji\b|xingzong/,
  },
  {
    rule: 'charter.surveillance',
    about: 'recognition of faces or plates, or analysis of video',
    remedy: 'Remove it.',
    words:
      /(?:车牌|号牌)(?:自动)?(?:识别|抓拍|比对|轨迹)|抓拍|视频(?:分析|巡查|比对|结构化)|行为识别|智能识别人|天网|雪亮工程|(?:plate|face|facial|video|behaviou?r).?(?:recognition|analytics|analysis)|\banpr\b|\balpr\b|surveill|cctv.?(?:search|match|analys)/,
  },
  {
    rule: 'charter.profile',
    about: 'a profile of a person across cases',
    remedy: 'Remove it. A case holds what this matter needs; only the person joins her cases.',
    words: new RegExp(
      `(?:人员|居民|村民|个人|群众|家庭|用户|对象)(?:画像|全息|档案库|综合档案|数据库|信息库|库$)|(?:居民|村民|群众|住户|租客|访客|来访人|个人)(?:档案|名册|花名册|名单|台账|总表|名录)|关系(?:图谱|网络|人图)|社会关系|人际关系|名下 ?(?:案件|件|事项)?(?:总?数|列表|清单)|(?:名下|关联|历史|既往)(?:案件|信访件|事项|诉求)(?:数|总数|列表|清单)|全量人口|人口(?:数据库|信息库|底册)|${listed}.?(?:profile|dossier|registry|roster|census|list\\b|database|index|directory)|(?:person|people|residents?|citizens?|villagers?|tenants?).?(?:register|files?\\b)|(?:profile|dossier|list|register|roster|directory|database|file).?(?:of|on).?(?:all.?|the.?|our.?)?${listed}|relationship.?graph|social.?graph|associates\\b|cross.?case|all.?cases.?of|cases.?per.?${oneOf}`,
    ),
  },
]

/** Labels of a past punishment: lawful only where the law of that very service is the basis of the field. */
export const recordWords: WordRule = {
  rule: 'charter.record-label',
  about: 'a past offence as a label of a person',
  remedy: 'Remove it, or name the law of the service that the matter is about (社区矫正法, 监狱法, 法律援助法, 禁毒法) as its basis.',
  words:
    /刑满释放|刑释|前科|犯罪记录|违法记录|案底|(?:是否|正在)社区矫正|社区矫正(?:对象|人员)|安置帮教(?:对象|人员)|吸毒|涉毒|戒毒人员|劳教|ex.?convict|ex.?offender|released.?(?:prisoner|offender)|criminal.?record|prior.?conviction|drug.?(?:user|addict)|probationer|parole/,
}

export const recordLaw = /社区矫正|监狱法|法律援助|禁毒|戒毒|安置帮教|就业促进|就业援助|刑法|刑事诉讼|社会救助/
