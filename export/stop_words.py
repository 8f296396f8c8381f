"""Words that name no subject, as data: for lead-ins, tags, links and hashtags."""

from __future__ import annotations


def _list(words: str) -> frozenset[str]:
    return frozenset(words.split())


NO_SUBJECT = _list("""
    action advice announcement answer appendix ask assumption assumptions author authors background
    bonus book breaking caveat challenge chapter claim closing comment community comparison
    component conclusion congrats con cons context correction corollary credit credits day
    definition disclaimer disclosure discussion edit ending example examples exercise exception
    extra fact fallacy final finally finding findings first firstly framework fun function good goal
    hack here hint home homework idea image important in intro introduction introducing intuition
    issue job key last lastly law leader learning learnings lesson lessons level link links me
    meaning meanwhile mistake module month moral myth myths new news next note notes observation oh
    opinion option others outcome outline overview page paper part phase pitfall plus point poll
    post preface principle problem pro process project prompt proof pros ps psa purpose q qed
    question questions quick quote reality reason recap recommendation reference references reminder
    remember reply resource resources result results review rule rules scenario season second
    secondly section series session side so solution source sources spoiler stage step steps story
    stretch strategy subject subscribe suggestion summary survey takeaway takeaways task theorem
    theory thesis third thirdly thoughts thread tip tips tl;dr tldr today tomorrow tool topic topics
    translation trick truth tweet one two three four five six seven eight nine ten type update
    upside downside via video warning week year yesterday
""")
"""A lead-in of one of these words, with or without a number, says what a tweet is, not its subject."""

NO_LAST_WORD = _list("""
    advice alert announcement answer answers disclaimer example examples fact facts idea ideas
    lesson lessons list link links news note notes point question questions quote reason reasons
    reminder resource resources spoiler story take takeaway takeaways thought thoughts tip tips
    tweet update updates version warning
""")
"""`Side note`, `Fun fact`, `Book list`; allowed after `For`, and in lead-ins of four words or more."""

NO_FIRST_WORD = _list("""
    in thread develop optimize optimise avoid keep focus set choose define also another after as at
    because before but by can could did do does don't each either every everything find follow from
    get give go great good here here's how however i i'd i'll i'm i've if instead is it it's its
    join just learn let let's lets like look make maybe more most my no not now of once one only or
    other our part please read remember same see she he should side since some someone start step
    still stop such take tell than that that's the their then there these they think this those
    though to try use via watch we we're were was what what's when where whether which while who
    whose why will would yes yet you you're your are be been build check create write 1st 2nd 3rd
""")
"""A lead-in that begins with one of these is a clause."""

CLAUSE_WORDS = _list("""
    am are be been being can can't could did didn't do does doesn't don't gets had has have he her
    hers him his how i i'm if is isn't it it's its let's makes me mine must my not our ours she
    should that them then they this those these to us was we were what when which who why will won't
    would you your yours their
""")
"""A lead-in that contains one of these is a clause."""

JOINING = _list("a an and & of in the vs vs. with for on + und de der et")
"""Words that a title may have in lower case; not counted."""

NOUNS_IN_ING = _list("""
    accounting advertising banking branding coding computing cooking design drawing editing
    engineering fundraising gardening investing learning manufacturing marketing modeling modelling
    networking parenting pricing processing programming prototyping reading recruiting running
    selling singing storytelling swimming teaching testing timing training typing wellbeing writing
""")
"""`Programming Languages` is a subject, `Understanding Taste` a clause."""

NO_TOPIC = _list("""
    favorite favourite favorites favourites discard discarded starred pinned readwise highlight
    highlights note notes
    thread threads yellow blue green red pink purple orange gray grey black white todo doing done
    later now waiting read unread reading inbox archive archived new feed seen shortlist tweet
    tweets article articles book books podcast podcasts supplementals supplemental pdf video email
    twitter flashcard flashcards card cards toread to-read reference quote quotes draft published
    tbd wip misc other none star stars unread feeds rss queue backlog saved shared liked bookmark bookmarks
    processed reviewed imported synced untagged published unpublished important
    january february march april may june july august september october november december
    januar februar märz mai juni juli oktober dezember
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    one two three four five six seven eight nine ten first second third fourth fifth sixth seventh eighth
    ninth tenth last final next
""")
"""Marks of a tool, colours and states, months and numbers: what says nothing about what a text is about."""

CODE_WORDS = _list("""
    define elif else endif error if ifdef ifndef import include line pragma region endregion undef warning
""")
"""What follows `#` in source code: no hashtags."""

NO_NAME = NO_TOPIC | _list("""
    about above across actually after again against all almost along already also although always among
    amount and another any anyone anything are around ask away back became because become becomes been
    before begin behind being believe below best better between beyond big bit both bring but call called
    can cannot can't case cause certain change clear come comes could create day days did different
    does doesn't doing don't done down during each early easy either else end enough especially even ever
    every everyone everything example fact far feel few find first follow for found from full further gave
    general get gets getting give given gives goes going gone good got great had half happen happens hard
    has have having he'll help her here hers herself high him himself his how however idea ideas important
    instead into isn't it's its itself i'll i'm i've just keep kind knew know known knows large last least
    led less let let's level like likely line little live long longer look lot made main make makes making
    many matter may maybe mean means might mine more most much must myself name near need needs never next
    nothing now number off often old once one ones only open order other others our ours out over own part
    particular people per perhaps person place play point possible put quite rather real really reason right
    said same saw say saying says second see seem seems seen sense set several shall she should show shows
    side similar simple simply since single small some someone something sometimes soon start started still
    stop such sure take takes taken taking tell than that that's the their theirs them themselves then there
    there's therefore these they they're thing things think this those though thought three through thus
    time times today together told too took top toward towards tried true try trying turn two under
    understand until upon use used useful uses using usually very want wants was wasn't way ways we're we've
    well went were what what's whatever when where whether which while who whole whom whose why will with
    within without won't word words work works world would wouldn't wrong year years yet you you're you've
    your yours yourself
    aber als auch auf aus bei bin bis das dass dem den der des die doch durch ein eine einem einen einer er
    für haben hat ich ihr ihre ist kann mehr mit nach nicht noch nur oder sein sich sie sind über um und
    uns vom von war was wenn wie wir wird zu zum zur
    ainda algo aos aquela aquele assim até cada com como coisa coisas das dela dele deles depois desde deve
    dos ela elas ele eles entre era essa esse esta está este eu fazer foi for isso isto já lhe mais mas
    mesmo meu minha muito muitos nada nas não nem nos nossa nosso num numa o os ou para pela pelas pelo
    pelos pessoa pessoas pode podem por porque qual quando que quem são se seja sem ser será seu seus só
    sobre sua suas também tão tem têm tempo ter toda todo todos tudo um uma vai você
    algo antes aunque cada como con contra cosas cuando del desde donde dos ella ellos era ese eso esta está
    estas este esto estos fue gente hace hacer hasta hay las los más menos mientras mismo mucho muy nos
    nosotros otra otro otros para pero porque puede qué que quien ser sino sobre solo son sus también
    tiene todo todos una uno unos vez vida
    alors aussi autre autres aux avec avoir bien car ceci cela ces cet cette ceux chez comme comment dans
    des deux dit donc elle elles encore entre est être eux faire fait font ils leur leurs lui mais même
    moins mon nous ont par pas peu peut plus pour quand que quel quelle qui sans ses ses soi son sont sous
    sur tous tout toute très une vers vous
""")
"""Words that name no group of texts: those of every text, in the languages that reading notes often have."""

GERMAN_WORDS = _list("""
    aber auch auf bei das dem den der die ein eine einem einen einer fur ich im ist mit nicht oder sich sie
    sind und von wer wie wird zu zum zur
""")
"""Small words that show a text to be in German, without accents."""
