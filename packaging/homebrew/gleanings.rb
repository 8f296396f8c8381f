# For a tap: `brew tap YOU/gleanings`, this file as Formula/gleanings.rb. Fill in `url` and `sha256` of the sdist on PyPI
# when a version is published; `brew update-python-resources gleanings` then adds the resources.
class Gleanings < Formula
  include Language::Python::Virtualenv

  desc "Readwise highlights out of Logseq and Obsidian: one SQLite file, topic notes"
  homepage "https://pypi.org/project/gleanings/"
  url "https://files.pythonhosted.org/packages/source/g/gleanings/gleanings-0.2.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "python@3.13"

  def install
    virtualenv_install_with_resources
  end

  test do
    (testpath/"page.md").write <<~MARKDOWN
      title:: One (highlights)
      author:: [[Ann]]
      category:: #articles
      url:: https://example.com/one

      - Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
      \t- A thought ([View Highlight](https://read.readwise.io/read/01gnxr414zvem9v2z599jf5ewq))
    MARKDOWN
    assert_match "+ 1 added", shell_output("#{bin}/gleanings import #{testpath}/page.md")
  end
end
