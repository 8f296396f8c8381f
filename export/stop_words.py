"""Words that name no subject, as data: for lead-ins, tags, links and hashtags."""

from __future__ import annotations

_words = str.split
NO_SUBJECT = frozenset(
    _words("""
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
)
"""A lead-in of one of these words, with or without a number, says what a tweet is, not its subject."""

NO_LAST_WORD = frozenset(
    _words("""
    advice alert announcement answer answers disclaimer example examples fact facts idea ideas
    lesson lessons list link links news note notes point question questions quote reason reasons
    reminder resource resources spoiler story take takeaway takeaways thought thoughts tip tips
    tweet update updates version warning
""")
)
"""`Side note`, `Fun fact`, `Book list`; allowed after `For`, and in lead-ins of four words or more."""

NO_FIRST_WORD = frozenset(
    _words("""
    in thread develop optimize optimise avoid keep focus set choose define also another after as at
    because before but by can could did do does don't each either every everything find follow from
    get give go great good here here's how however i i'd i'll i'm i've if instead is it it's its
    join just learn let let's lets like look make maybe more most my no not now of once one only or
    other our part please read remember same see she he should side since some someone start step
    still stop such take tell than that that's the their then there these they think this those
    though to try use via watch we we're were was what what's when where whether which while who
    whose why will would yes yet you you're your are be been build check create write 1st 2nd 3rd
""")
)
"""A lead-in that begins with one of these is a clause."""

CLAUSE_WORDS = frozenset(
    _words("""
    am are be been being can can't could did didn't do does doesn't don't gets had has have he her
    hers him his how i i'm if is isn't it it's its let's makes me mine must my not our ours she
    should that them then they this those these to us was we were what when which who why will won't
    would you your yours their
""")
)
"""A lead-in that contains one of these is a clause."""

JOINING = frozenset(_words("a an and & of in the vs vs. with for on + und de der et"))
"""Words that a title may have in lower case; not counted."""

NOUNS_IN_ING = frozenset(
    _words("""
    accounting advertising banking branding coding computing cooking design drawing editing
    engineering fundraising gardening investing learning manufacturing marketing modeling modelling
    networking parenting pricing processing programming prototyping reading recruiting running
    selling singing storytelling swimming teaching testing timing training typing wellbeing writing
""")
)
"""`Programming Languages` is a subject, `Understanding Taste` a clause."""

NO_TOPIC = frozenset(
    _words("""
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
)
"""Marks of a tool, colours and states, months and numbers: they say nothing about the subject of a text."""

CODE_WORDS = frozenset(
    _words("""
    define elif else endif error if ifdef ifndef import include line pragma region endregion undef warning
""")
)
"""What follows `#` in source code: not hashtags."""

GERMAN_WORDS = frozenset(
    _words("""
    aber auch auf bei das dem den der die ein eine einem einen einer fur ich im ist mit nicht oder sich sie
    sind und von wer wie wird zu zum zur
""")
)
"""Small words that indicate a German text, without accents."""

GERMAN_HOMOGRAPHS = frozenset(_words("art chef die gut roman taste war"))
"""Words that show a subject in English and mean something else in German."""

PORTUGUESE_WORDS = frozenset(
    _words("""
    as com da das de do dos e ela ele em esta eu ja mais mas nao no o os para por que se seu sua um uma voce
""")
)
"""Small words that indicate a Portuguese text, without accents."""

PORTUGUESE_HOMOGRAPHS = frozenset(_words("ai eu"))
"""The same for Portuguese."""

COMMON_WORDS = frozenset(
    _words("""
    able about above across actually after again against almost alone along already also although
    always among amount another anyone anything around away back based became because become becomes
    been before began begin being believe best better between beyond both bring build building built
    call called came cannot case cases cause certain change changes clear come comes common complete
    could couple course create created creating current currently days deal decide despite detail
    different difference difficult does doing done don't down during each early easier easily easy
    either else enough entire especially even event ever every everyone everything exactly example
    explain extremely face fact feel felt find first five follow following force form found four free
    from full further gave general generally gets getting give given gives giving goes going gone good
    great greater group half hand happen happened happens hard have having hear heard help helped
    helps here high higher highest highly hold hope hour hours however huge human idea ideas important
    improve include included including increase indeed inside instead interesting into issue itself
    just keep keeping kept kind knew know known large largest last late later lead leads learn learned
    learning least leave less let's letting level life like likely line list little live lives living
    long longer look looked looking lose lost lots love made main major make makes making many matter
    maybe mean means might mind minute moment month months more most mostly move much must name near
    nearly necessary need needed needs never next none nothing number obvious occur often older once
    ones only onto open order other others otherwise outside over part particular particularly past
    people perhaps person piece place plan play point points possible present pretty probably problem
    problems process produce provide purpose quickly quite rather reach read reading ready real
    realize really reason reasons recent recently related remember remind require required requires
    result results right room same save saying says second seem seemed seems seen sense series several
    shall share short should show showed showing shows side similar simple simply since single slow
    small some someone something sometimes soon sort speak special specific spend start started
    starting starts state stay step steps still stop story strong such sure take taken takes taking
    talk tell term terms than thank thanks that that's their them themselves then there there's
    therefore these they they're thing things think thinking third this those though thought thousand
    three through throughout time times today together told toward towards tried true truly trying
    turn turns type types under understand understanding unless until upon used useful user uses using
    usually various very view want wanted wants wasn't watch ways week weeks well went were weren't
    what what's whatever when where whether which while whole whose will wish with within without
    won't word words work worked working works world worse worst would wouldn't write writes writing
    written wrote year years yesterday you're you've your yourself article book chapter tweet thread
    summary highlight post posts link page part parts twitter https http image today's above below
    actual additional allow allows appear apply approach available avoid aware basic basically careful
    choose close consider contain continue control correct cost create deep define definition depend
    depends describe develop effect effective effort equal essential everyday everywhere exist expect
    experience final finally focus future gain guide happy hence history impact individual info
    information instance interest internal introduce involve keep language larger limit local longer
    lower massive method minimum missing modern multiple natural nature negative normal notice object
    original overall own owner pick positive power powerful practice prevent previous private proper
    public pull push quality question questions range rate receive reduce remain remove respect rest
    rich role rule rules scale search section send separate serve service setup size skill skills
    solution solve source space standard structure stuff style success successful suggest support
    surprise system systems team technique test text tool tools topic total track treat trend understand
    unique update value values version video ways whatever wide worth young aber alle allem allen aller
    alles auch beim dann dass dein denn dies diese diesem diesen dieser dieses doch durch eben eine
    einem einen einer eines etwas euch für ganz gegen haben hatte hier ihre ihrem ihren ihrer immer
    jede jeder jedes jetzt kann kein keine könn können mehr mein mich muss müssen nach nicht nichts noch
    nur oder ohne schon sehr sein seine seiner selbst sich sind über unter viel viele wenn werden wieder
    wird wurde como cuando desde donde ella ellos entre esta este esto estos hasta más nada para pero
    porque puede quien sobre también tiene todo todos aussi avec cette dans elle faire leur mais même nous
    pour quand sans sont tout tous très vous
""")
)
"""Words that name no section of a topic: common in any text."""
