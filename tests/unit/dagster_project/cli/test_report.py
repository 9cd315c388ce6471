"""What a command says at its end about the installation itself."""

from dagster_project.cli.report import print_lacking_programs
from support.browser_packages import PACKAGES
from support.installed import installed


def test_a_site_without_pages_with_whole_tables_is_said_in_one_line(tmp_path, capsys):
    settings = installed(tmp_path)
    print_lacking_programs(settings.model_copy(update={"browser_packages": PACKAGES}))
    assert capsys.readouterr().out == ""
    print_lacking_programs(settings.model_copy(update={"browser_packages": tmp_path}))
    assert "make setup" in capsys.readouterr().out
